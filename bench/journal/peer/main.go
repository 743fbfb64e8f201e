// The same entries in a log that is not ours: golang.org/x/mod/sumdb/tlog, by CPU time on one core.
// Usage: main FOLDER, which holds what `cargo bench -p mingma-journal -- --keep FOLDER` wrote. It takes the entries from there, and stops if
// its tree has another root.
package main

import (
	"encoding/binary"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/mod/sumdb/tlog"
)

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// spent is the CPU time of the process, its collector of garbage included.
func spent() float64 {
	var usage syscall.Rusage
	check(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1e9
}

// told prints what something took since an instant, in the words of our own bench.
func told(what string, since float64) { fmt.Printf("peer: %-64s %7.2f s \n", what, spent()-since) }

func each(what string, times int64, act func(int64)) {
	since := spent()
	for n := int64(0); n < times; n++ {
		act(n)
	}
	fmt.Printf("peer: %-64s %7.2f µs\n", what, (spent()-since)*1e6/float64(times))
}

// memory is a tree's hashes in the order in which they are made.
type memory []tlog.Hash

func (stored memory) ReadHashes(places []int64) ([]tlog.Hash, error) {
	found := make([]tlog.Hash, len(places))
	for at, place := range places {
		found[at] = stored[place]
	}
	return found, nil
}

// folder holds tiles of height 8 under the names of Go's own log.
type folder string

func (folder) Height() int                     { return 8 }
func (folder) SaveTiles([]tlog.Tile, [][]byte) {}
func (dir folder) ReadTiles(list []tlog.Tile) (all [][]byte, err error) {
	for _, tile := range list {
		all = append(all, must(os.ReadFile(filepath.Join(string(dir), tile.Path()))))
	}
	return all, nil
}

// write puts the tiles by which a log grew into the folder.
func (dir folder) write(stored memory, before, size int64) {
	for _, tile := range tlog.NewTiles(8, before, size) {
		path := filepath.Join(string(dir), tile.Path())
		data := must(tlog.ReadTileData(tile, stored))
		if os.WriteFile(path, data, 0o644) != nil {
			check(os.MkdirAll(filepath.Dir(path), 0o755))
			check(os.WriteFile(path, data, 0o644))
		}
	}
}

func entries(dir string, size int64) (all [][]byte) {
	for n := int64(0); n < size; n = int64(len(all)) {
		tile := tlog.Tile{H: 8, L: -1, N: n / 256, W: int(min(size-n, 256))}
		name := strings.Replace(tile.Path(), "tile/8/data/", "tile/entries/", 1)
		for bundle := must(os.ReadFile(filepath.Join(dir, name))); len(bundle) > 0; {
			end := 2 + int(binary.BigEndian.Uint16(bundle))
			all, bundle = append(all, bundle[2:end]), bundle[end:]
		}
	}
	return all
}

func main() {
	runtime.GOMAXPROCS(1)
	// What it may lie in memory costs nothing: there is enough.
	debug.SetGCPercent(400)
	head := strings.Split(string(must(os.ReadFile(filepath.Join(os.Args[1], "checkpoint")))), "\n")
	size := must(strconv.ParseInt(head[1], 10, 64))
	records := entries(os.Args[1], size)
	dir := folder(must(os.MkdirTemp(os.Args[1], "peer")))

	grow := func(publish func(memory, int64, int64)) memory {
		stored := make(memory, 0, 2*size)
		const group = 1000
		for n, record := range records {
			stored = append(stored, must(tlog.StoredHashes(int64(n), record, stored))...)
			if (n+1)%group == 0 {
				must(tlog.TreeHash(int64(n+1), stored))
				publish(stored, int64(n+1-group), int64(n+1))
			}
		}
		return stored
	}
	since := spent()
	grow(func(stored memory, before, now int64) {
		for _, tile := range tlog.NewTiles(8, before, now) {
			must(tlog.ReadTileData(tile, stored))
		}
	})
	told("appended in groups of 1000, tiles made", since)
	since = spent()
	stored := grow(dir.write)
	told("the same, and every tile written (not synced)", since)
	root := must(tlog.TreeHash(size, stored))
	if root.String() != head[2] {
		log.Fatalf("its tree has the root %s, ours %s", root, head[2])
	}

	tree := tlog.Tree{N: size, Hash: root}
	place := func(n int64) int64 { return n * 618034 % size }
	each("inclusion, in memory", 200000, func(n int64) { must(tlog.ProveRecord(size, place(n), stored)) })
	each("inclusion from tiles on disk, tree opened anew", 5000, func(n int64) {
		must(tlog.ProveRecord(size, place(n), tlog.TileHashReader(tree, dir)))
	})
	proof := must(tlog.ProveRecord(size, 77, stored))
	leaf := tlog.RecordHash(records[77])
	each("inclusion verified", 200000, func(int64) { check(tlog.CheckRecord(proof, size, root, 77, leaf)) })
}

func min(a, b int64) int64 {
	if a < b {
		return a
	}
	return b
}
