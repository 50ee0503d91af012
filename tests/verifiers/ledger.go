package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	height = 8
	width  = 1 << height
)

// path is where C2SP tlog-tiles has a tile: without the height that Go's own paths have.
func path(tile tlog.Tile) string {
	name := strings.Replace(tile.Path(), fmt.Sprintf("tile/%d/", height), "tile/", 1)
	return strings.Replace(name, "tile/data/", "tile/entries/", 1)
}

// tiles reads tiles for tlog.TileHashReader, which authenticates each against the root.
type tiles struct{ ledger source }

func (tiles) Height() int                         { return height }
func (tiles) SaveTiles(_ []tlog.Tile, _ [][]byte) {}

func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range wanted {
		data, err := t.ledger.read(path(tile))
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

// bundle reads the entries of one bundle of a ledger of this size.
func bundle(ledger source, n, size int64) ([][]byte, error) {
	count := min(size-n*width, width)
	name := path(tlog.Tile{H: height, L: -1, N: n, W: int(count)})
	data, err := ledger.read(name)
	if err != nil {
		return nil, err
	}
	var entries [][]byte
	for len(data) > 0 {
		if len(data) < 2 || len(data)-2 < int(binary.BigEndian.Uint16(data)) {
			return nil, fmt.Errorf("%s is cut off in its entry %d", name, len(entries))
		}
		end := 2 + int(binary.BigEndian.Uint16(data))
		entries = append(entries, data[2:end])
		data = data[end:]
	}
	if int64(len(entries)) != count {
		return nil, fmt.Errorf("%s has %d entries; %d belong in it", name, len(entries), count)
	}
	return entries, nil
}

// hashes is a tree in memory, by tlog's own numbering of its hashes.
type hashes []tlog.Hash

func (h hashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	read := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		if index >= int64(len(h)) {
			return nil, fmt.Errorf("the tree has no hash %d", index)
		}
		read[i] = h[index]
	}
	return read, nil
}

// whole grows the tree anew from every entry, and compares every tile and the signed root with it.
func whole(ledger source, key note.Verifier) (tlog.Tree, error) {
	tree, err := head(ledger, key)
	if err != nil {
		return tlog.Tree{}, err
	}
	grown := make(hashes, 0, tlog.StoredHashCount(tree.N))
	for n := int64(0); n*width < tree.N; n++ {
		entries, err := bundle(ledger, n, tree.N)
		if err != nil {
			return tlog.Tree{}, err
		}
		for i, entry := range entries {
			more, err := tlog.StoredHashes(n*width+int64(i), entry, grown)
			if err != nil {
				return tlog.Tree{}, err
			}
			grown = append(grown, more...)
		}
	}
	for _, tile := range tlog.NewTiles(height, 0, tree.N) {
		expected, err := tlog.ReadTileData(tile, grown)
		if err != nil {
			return tlog.Tree{}, err
		}
		data, err := ledger.read(path(tile))
		if err != nil {
			return tlog.Tree{}, err
		}
		if len(data) != len(expected) {
			return tlog.Tree{}, fmt.Errorf("%s has %d bytes; %d belong in it", path(tile), len(data), len(expected))
		}
		if !bytes.Equal(data, expected) {
			return tlog.Tree{}, fmt.Errorf("%s differs from the entries, %s", path(tile), first(tile, data, expected))
		}
	}
	root, err := tlog.TreeHash(tree.N, grown)
	if err != nil {
		return tlog.Tree{}, err
	}
	if root != tree.Hash {
		return tlog.Tree{}, fmt.Errorf("the entries have the root %s; the checkpoint was signed for %s", root, tree.Hash)
	}
	return tree, nil
}

// first says where a tile begins to differ.
func first(tile tlog.Tile, data, expected []byte) string {
	for at := 0; at < len(data); at += tlog.HashSize {
		if !bytes.Equal(data[at:at+tlog.HashSize], expected[at:at+tlog.HashSize]) {
			number := tile.N*width + int64(at/tlog.HashSize)
			if tile.L == 0 {
				return fmt.Sprintf("at entry %d", number)
			}
			return fmt.Sprintf("at the tile %s", path(tlog.Tile{H: height, L: tile.L - 1, N: number, W: width}))
		}
	}
	return "nowhere"
}
