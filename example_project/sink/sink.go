// Package sink sends summaries to a collecting server over HTTP.
package sink

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"example.com/loglens/internal/clock"
	"example.com/loglens/stats"
)

// Receipt is the server's answer to a summary.
type Receipt struct {
	ID      int    `json:"id"`
	Records uint64 `json:"records"`
}

// StatusError is an answer other than success.
type StatusError struct {
	Code int
	Body string // how the answer begins
}

// Error returns a message such as "sink answered 503 Service Unavailable: busy".
func (e *StatusError) Error() string {
	message := fmt.Sprintf("sink answered %d %s", e.Code, http.StatusText(e.Code))
	if e.Body != "" {
		message += ": " + e.Body
	}
	return message
}

// Client talks to a sink. Its fields must not change once it is in use.
type Client struct {
	URL      string
	HTTP     *http.Client  // one with a timeout of ten seconds when nil
	Attempts int           // 3 when zero
	Backoff  time.Duration // the wait before the second attempt; it doubles; 100 ms when zero
	Clock    clock.Clock   // the system's when nil
}

// Post sends a summary. It tries again when the server cannot be reached or
// fails (5xx), and not when it refuses (4xx).
func (c *Client) Post(ctx context.Context, summary stats.Summary) (Receipt, error) {
	body, err := json.Marshal(summary)
	if err != nil {
		return Receipt{}, fmt.Errorf("encode summary: %w", err)
	}
	var receipt Receipt
	if err := c.retry(ctx, func() error {
		return c.do(ctx, http.MethodPost, body, &receipt)
	}); err != nil {
		return Receipt{}, fmt.Errorf("post summary: %w", err)
	}
	return receipt, nil
}

// Count asks how many summaries the sink holds.
func (c *Client) Count(ctx context.Context) (int, error) {
	var answer struct {
		Count int `json:"count"`
	}
	if err := c.retry(ctx, func() error {
		return c.do(ctx, http.MethodGet, nil, &answer)
	}); err != nil {
		return 0, fmt.Errorf("count summaries: %w", err)
	}
	return answer.Count, nil
}

func (c *Client) retry(ctx context.Context, attempt func() error) error {
	attempts, wait, clk := c.Attempts, c.Backoff, c.Clock
	if attempts == 0 {
		attempts = 3
	}
	if wait == 0 {
		wait = 100 * time.Millisecond
	}
	if clk == nil {
		clk = clock.System
	}
	for n := 1; ; n++ {
		err := attempt()
		if err == nil || n >= attempts || !worthRetrying(err) {
			return err
		}
		if stopped := clock.Sleep(ctx, clk, wait); stopped != nil {
			return errors.Join(err, stopped)
		}
		wait *= 2
	}
}

// unreachable marks an error of the connection, as opposed to an answer.
type unreachable struct{ error }

func (u unreachable) Unwrap() error { return u.error }

func worthRetrying(err error) bool {
	var status *StatusError
	if errors.As(err, &status) {
		return status.Code >= 500
	}
	var connection unreachable
	return errors.As(err, &connection)
}

var defaultHTTP = &http.Client{Timeout: 10 * time.Second}

func (c *Client) do(ctx context.Context, method string, body []byte, answer any) error {
	request, err := http.NewRequestWithContext(ctx, method, c.URL, bytes.NewReader(body))
	if err != nil {
		return err
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	client := c.HTTP
	if client == nil {
		client = defaultHTTP
	}
	response, err := client.Do(request)
	if err != nil {
		return unreachable{err}
	}
	defer response.Body.Close()
	if response.StatusCode < 200 || response.StatusCode > 299 {
		begin, _ := io.ReadAll(io.LimitReader(response.Body, 200))
		return &StatusError{Code: response.StatusCode, Body: strings.TrimSpace(string(begin))}
	}
	if err := json.NewDecoder(response.Body).Decode(answer); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	return nil
}
