package bench_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// load asks for a page over so many connections for a while and gives the answers per second.
func load(t testing.TB, v visit, base string, connections int, d time.Duration) float64 {
	t.Helper()
	transport := &http.Transport{
		MaxConnsPerHost: connections, MaxIdleConnsPerHost: connections, DialContext: (&net.Dialer{}).DialContext, DisableCompression: true,
	}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport, Timeout: 20 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	ctx, cancel := context.WithTimeout(context.Background(), d)
	defer cancel()
	var done atomic.Int64
	var failed atomic.Value
	var group sync.WaitGroup
	start := time.Now()
	for range connections {
		group.Go(func() {
			for ctx.Err() == nil {
				if err := once(context.WithoutCancel(ctx), client, v, base); err != nil {
					failed.Store(err)
					return
				}
				done.Add(1)
			}
		})
	}
	group.Wait()
	if err, ok := failed.Load().(error); ok {
		t.Errorf("%s over %d connections: %v", v.name, connections, err)
	}
	return float64(done.Load()) / time.Since(start).Seconds()
}

func once(ctx context.Context, client *http.Client, v visit, base string) error {
	r, err := v.request(ctx, base)
	if err != nil {
		return err
	}
	r.Header.Set("Accept-Encoding", "gzip")
	answer, err := client.Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	if _, err := io.Copy(io.Discard, answer.Body); err != nil {
		return err
	}
	if answer.StatusCode >= http.StatusBadRequest {
		return fmt.Errorf("got %d", answer.StatusCode)
	}
	return nil
}

// compared is the application against the minimal handler on one page.
type compared struct {
	page        string
	connections int
	own, least  float64 // answers per second, medians
	ratio       float64 // median of the ratios of pairs of runs
	low, high   float64 // of the ratios
}

// compare runs both in turn, so that whatever else the machine does meets both.
func compare(t testing.TB, v visit, own, least string, connections, rounds int, d time.Duration) compared {
	t.Helper()
	c := compared{page: v.name, connections: connections}
	var owns, leasts, ratios []float64
	for n := range rounds {
		var a, b float64
		if n%2 == 0 {
			a, b = load(t, v, own, connections, d), load(t, v, least, connections, d)
		} else {
			b, a = load(t, v, least, connections, d), load(t, v, own, connections, d)
		}
		owns, leasts, ratios = append(owns, a), append(leasts, b), append(ratios, a/b)
	}
	c.own, c.least, c.ratio = median(owns), median(leasts), median(ratios)
	c.low, c.high = slices.Min(ratios), slices.Max(ratios)
	return c
}

// median gives the middle of the values, or the mean of the two in the middle.
func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	if n == 0 {
		return 0
	}
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

func TestMedian(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		values []float64
		want   float64
	}{{nil, 0}, {[]float64{3}, 3}, {[]float64{3, 1}, 2}, {[]float64{9, 1, 2}, 2}, {[]float64{4, 1, 2, 9}, 3}} {
		if got := median(tt.values); got != tt.want {
			t.Errorf("%v: got %v, want %v", tt.values, got, tt.want)
		}
	}
}
