package sink_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"example.com/loglens/internal/clock"
	"example.com/loglens/parse"
	"example.com/loglens/sink"
	"example.com/loglens/stats"
)

func summary(t *testing.T, lines ...string) stats.Summary {
	t.Helper()
	collector := stats.NewCollector(stats.Options{By: "path"})
	for _, line := range lines {
		record, err := parse.Line(parse.Logfmt, line)
		if err != nil {
			t.Fatal(err)
		}
		collector.Add(record)
	}
	return collector.Summary(10)
}

// serve starts a server and counts the requests that it gets.
func serve(t *testing.T, handler http.HandlerFunc) (url string, requests *atomic.Int32) {
	t.Helper()
	requests = new(atomic.Int32)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		handler(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL, requests
}

func TestPostSendsJSON(t *testing.T) {
	t.Parallel()
	url, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		var got stats.Summary
		if err := json.NewDecoder(r.Body).Decode(&got); err != nil {
			t.Errorf("the body is not a summary: %v", err)
		}
		if kind := r.Header.Get("Content-Type"); r.Method != http.MethodPost || kind != "application/json" {
			t.Errorf("%s of %q, want POST of application/json", r.Method, kind)
		}
		w.WriteHeader(http.StatusCreated)
		json.NewEncoder(w).Encode(sink.Receipt{ID: 7, Records: got.Records})
	})
	client := sink.Client{URL: url}
	receipt, err := client.Post(context.Background(), summary(t, "path=/", "path=/cart"))
	if err != nil {
		t.Fatal(err)
	}
	if want := (sink.Receipt{ID: 7, Records: 2}); receipt != want {
		t.Errorf("receipt is %+v, want %+v", receipt, want)
	}
}

func TestPostBacksOff(t *testing.T) {
	t.Parallel()
	url, requests := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "busy", http.StatusServiceUnavailable)
	})
	fake := clock.NewFake(time.Unix(0, 0))
	client := sink.Client{URL: url, Clock: fake, Attempts: 3, Backoff: time.Second}
	failed := make(chan error, 1)
	go func() {
		_, err := client.Post(context.Background(), stats.Summary{})
		failed <- err
	}()
	for _, wait := range []time.Duration{time.Second, 2 * time.Second} {
		fake.BlockUntil(1)
		fake.Advance(wait)
	}
	var status *sink.StatusError
	if err := <-failed; !errors.As(err, &status) || status.Code != 503 || status.Body != "busy" {
		t.Errorf("Post = %v, want the server's 503", err)
	}
	if n := requests.Load(); n != 3 {
		t.Errorf("%d requests, want 3", n)
	}
}

func TestPostDoesNotRepeatWhatIsRefused(t *testing.T) {
	t.Parallel()
	for name, handler := range map[string]http.HandlerFunc{
		"refused":  func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusForbidden) },
		"not JSON": func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "thanks") },
	} {
		handler := handler
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url, requests := serve(t, handler)
			client := sink.Client{URL: url}
			if _, err := client.Post(context.Background(), stats.Summary{}); err == nil {
				t.Error("Post succeeded")
			}
			if n := requests.Load(); n != 1 {
				t.Errorf("%d requests, want 1", n)
			}
		})
	}
}

func TestPostStopsWithItsContext(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close() // nobody listens at its address any more
	ctx, cancel := context.WithCancel(context.Background())
	fake := clock.NewFake(time.Unix(0, 0))
	client := sink.Client{URL: server.URL, Clock: fake}
	failed := make(chan error, 1)
	go func() {
		_, err := client.Post(ctx, stats.Summary{})
		failed <- err
	}()
	fake.BlockUntil(1)
	cancel()
	if err := <-failed; !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "post summary") {
		t.Errorf("Post = %v, want context.Canceled", err)
	}
}

// TestRealSink talks to the server that the Python fixture sink_server starts;
// see conftest.py.
//
//wslgo:usefixtures sink_server
func TestRealSink(t *testing.T) {
	url := os.Getenv("LOGLENS_SINK_URL")
	if url == "" {
		t.Skip("LOGLENS_SINK_URL is not set: run it by pytest --wslgo")
	}
	ctx := context.Background()
	client := sink.Client{URL: url}
	before, err := client.Count(ctx)
	if err != nil {
		t.Fatal(err)
	}
	receipt, err := client.Post(ctx, summary(t, "path=/", "path=/cart", "path=/"))
	if err != nil {
		t.Fatal(err)
	}
	if receipt.Records != 3 {
		t.Errorf("the sink understood %d records, want 3", receipt.Records)
	}
	after, err := client.Count(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if after <= before || receipt.ID <= before {
		t.Errorf("the sink holds %d summaries after %d; ours is number %d", after, before, receipt.ID)
	}
}
