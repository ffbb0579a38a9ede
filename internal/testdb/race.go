//go:build race

package testdb

// Race tells whether the race detector watches: everything is several times slower then.
const Race = true
