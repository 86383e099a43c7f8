package clock

import (
	"context"
	"errors"
	"testing"
	"time"
)

var epoch = time.Date(2024, time.March, 1, 12, 0, 0, 0, time.UTC)

func TestFakeWakesOnlyWhoIsDue(t *testing.T) {
	t.Parallel()
	fake := NewFake(epoch)
	soon, late := fake.After(time.Second), fake.After(time.Minute)

	fake.Advance(time.Second)
	select {
	case got := <-soon:
		if want := epoch.Add(time.Second); !got.Equal(want) {
			t.Errorf("woken at %v, want %v", got, want)
		}
	default:
		t.Error("the waiter whose second has passed was not woken")
	}
	select {
	case <-late:
		t.Error("the waiter for a minute was woken after a second")
	default:
	}
}

func TestSleep(t *testing.T) {
	t.Parallel()

	t.Run("until the clock has moved", func(t *testing.T) {
		t.Parallel()
		fake := NewFake(epoch)
		done := make(chan error, 1)
		go func() { done <- Sleep(context.Background(), fake, time.Hour) }()
		fake.BlockUntil(1)
		fake.Advance(time.Hour)
		if err := <-done; err != nil {
			t.Errorf("Sleep = %v, want nil", err)
		}
	})

	t.Run("until the context ends", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(context.Background())
		fake := NewFake(epoch)
		done := make(chan error, 1)
		go func() { done <- Sleep(ctx, fake, time.Hour) }()
		fake.BlockUntil(1)
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("Sleep = %v, want context.Canceled", err)
		}
	})
}

func TestSystemMoves(t *testing.T) {
	t.Parallel()
	start := System.Now()
	woken := <-System.After(time.Millisecond)
	if !woken.After(start) {
		t.Errorf("woken at %v, which is not after %v", woken, start)
	}
}
