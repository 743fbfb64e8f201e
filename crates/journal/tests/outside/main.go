// Checks a log with programs that are not ours: golang.org/x/mod/sumdb/{note,tlog} and crypto/ed25519.
// Usage: main FOLDER LOG-KEY WITNESS-KEY. It prints what it checked, or stops with what is wrong.
package main

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

func check(what string, err error) {
	if err != nil {
		log.Fatalf("%s: %v", what, err)
	}
}

func file(name string) []byte { return must(os.ReadFile(filepath.Join(os.Args[1], name))) }

// head opens a checkpoint's note and reads its text.
func head(name string, key note.Verifier) (tlog.Tree, *note.Note) {
	opened := must(note.Open(file(name), note.VerifierList(key)))
	lines := strings.Split(opened.Text, "\n")
	return tlog.Tree{N: must(strconv.ParseInt(lines[1], 10, 64)), Hash: must(tlog.ParseHash(lines[2]))}, opened
}

func hashes(lines string) (list []tlog.Hash) {
	for _, line := range strings.Fields(lines) {
		list = append(list, must(tlog.ParseHash(line)))
	}
	return list
}

// C2SP's paths are Go's without the height.
type tiles struct{}

func (tiles) Height() int                     { return 8 }
func (tiles) SaveTiles([]tlog.Tile, [][]byte) {}
func (tiles) ReadTiles(list []tlog.Tile) (all [][]byte, err error) {
	for _, tile := range list {
		all = append(all, file(strings.Replace(tile.Path(), "tile/8/", "tile/", 1)))
	}
	return all, nil
}

func main() {
	key := must(note.NewVerifier(os.Args[2]))
	tree, opened := head("checkpoint", key)
	earlier, _ := head("checkpoint.earlier", key)
	reader := tlog.TileHashReader(tree, tiles{})

	grown := must(tlog.ProveTree(tree.N, earlier.N, reader))
	check("its own consistency proof", tlog.CheckTree(grown, tree.N, tree.Hash, earlier.N, earlier.Hash))
	ours := tlog.TreeProof(hashes(string(file("consistency"))))
	check("our consistency proof", tlog.CheckTree(ours, tree.N, tree.Hash, earlier.N, earlier.Hash))

	// Every entry of every bundle is in the tree; the first of each is proved.
	proved := 0
	for n := int64(0); n < tree.N; {
		tile := tlog.Tile{H: 8, L: -1, N: n / 256, W: int(min(tree.N-n, 256))}
		bundle := file(strings.Replace(tile.Path(), "tile/8/data/", "tile/entries/", 1))
		var entries []tlog.Hash
		var places []int64
		for ; len(bundle) > 0; n++ {
			size := binary.BigEndian.Uint16(bundle)
			entries = append(entries, tlog.RecordHash(bundle[2:2+size]))
			places = append(places, tlog.StoredHashIndex(0, n))
			bundle = bundle[2+size:]
		}
		for at, stored := range must(reader.ReadHashes(places)) {
			if stored != entries[at] {
				log.Fatalf("entry %d of %s is not in the tree", at, tile.Path())
			}
		}
		first := n - int64(len(entries))
		proof := must(tlog.ProveRecord(tree.N, first, reader))
		check("its own inclusion proof", tlog.CheckRecord(proof, tree.N, tree.Hash, first, entries[0]))
		proved++
	}

	// Our proof file: header, index, hashes, an empty line, the checkpoint.
	above, below, _ := strings.Cut(string(file("entry.tlog-proof")), "\n\n")
	lines := strings.SplitN(above, "\n", 3)
	index := must(strconv.ParseInt(strings.TrimPrefix(lines[1], "index "), 10, 64))
	if lines[0] != "c2sp.org/tlog-proof@v1" || below != string(file("checkpoint")) {
		log.Fatal("the proof file is not the format's")
	}
	check("our inclusion proof", tlog.CheckRecord(hashes(lines[2]), tree.N, tree.Hash, index, tlog.RecordHash(file("entry"))))

	// The witness's line: key number, time, signature over a header, the time and the text.
	raw := must(base64.StdEncoding.DecodeString(strings.SplitN(os.Args[3], "+", 3)[2]))
	line := must(base64.StdEncoding.DecodeString(opened.UnverifiedSigs[0].Base64))
	at := binary.BigEndian.Uint64(line[4:12])
	text := fmt.Sprintf("cosignature/v1\ntime %d\n%s", at, opened.Text)
	if !bytes.Equal(raw[:1], []byte{4}) || !ed25519.Verify(raw[1:], []byte(text), line[12:]) {
		log.Fatal("the cosignature is not the witness's")
	}
	fmt.Printf("%d entries, %d proofs, grown from %d, cosigned at %d\n", tree.N, proved, earlier.N, at)
}

func min(a, b int64) int64 {
	if a < b {
		return a
	}
	return b
}
