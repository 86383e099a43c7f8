package parse

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sort"
	"strconv"
	"strings"
)

// parseJSON reads one object. Fields of nested objects get dotted names
// (http.status); arrays are kept as JSON text; null is left out.
func parseJSON(line string) (Record, error) {
	fail := func(column int, err error) (Record, error) {
		return Record{}, &SyntaxError{Format: JSON, Column: column, Err: err}
	}
	text := strings.TrimLeft(line, " \t")
	indent := len(line) - len(text)
	if !strings.HasPrefix(text, "{") {
		return fail(indent+1, errors.New("expected an object"))
	}

	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var object map[string]any
	if err := decoder.Decode(&object); err != nil {
		var syntax *json.SyntaxError
		switch {
		case errors.Is(err, io.ErrUnexpectedEOF):
			return fail(len(line)+1, errors.New("unexpected end of the object"))
		case errors.As(err, &syntax):
			return fail(indent+int(syntax.Offset), err)
		}
		return fail(indent+1, err)
	}
	end := int(decoder.InputOffset())
	if behind := strings.TrimLeft(text[end:], " \t\r"); behind != "" {
		return fail(len(line)-len(behind)+1, errors.New("text behind the object"))
	}

	r := Record{Fields: make(map[string]string, len(object))}
	for _, name := range sortedKeys(object) {
		if err := r.setJSON(name, object[name]); err != nil {
			return fail(indent+valueColumn(text, name), err)
		}
	}
	return r, nil
}

func (r *Record) setJSON(name string, value any) error {
	switch v := value.(type) {
	case nil:
		return nil
	case string:
		return r.set(name, v)
	case json.Number:
		return r.set(name, v.String())
	case bool:
		return r.set(name, strconv.FormatBool(v))
	case map[string]any:
		for _, key := range sortedKeys(v) {
			// Only top-level names are customary: http.time is just a field.
			if err := r.setJSON(name+"."+key, v[key]); err != nil {
				return err
			}
		}
		return nil
	default:
		raw, err := json.Marshal(v)
		if err != nil {
			return fmt.Errorf("field %s: %w", name, err)
		}
		r.Fields[name] = string(raw)
		return nil
	}
}

// sortedKeys makes it certain which field wins when two have the same name.
func sortedKeys(object map[string]any) []string {
	keys := make([]string, 0, len(object))
	for key := range object {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}

// valueColumn returns the column at which the last top-level value called name
// begins. The object is known to be well-formed.
func valueColumn(object, name string) int {
	decoder := json.NewDecoder(strings.NewReader(object))
	column := 1
	if _, err := decoder.Token(); err != nil {
		return column
	}
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			return column
		}
		colon := int(decoder.InputOffset())
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return column
		}
		if key == name {
			begin := strings.TrimLeft(object[colon:], " \t:")
			column = len(object) - len(begin) + 1
		}
	}
	return column
}
