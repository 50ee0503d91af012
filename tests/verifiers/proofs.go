package main

import (
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func verifierKey(file string) (note.Verifier, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("-key: %w", err)
	}
	return note.NewVerifier(strings.TrimSpace(string(text)))
}

// checkpoint opens a signed head (c2sp.org/tlog-checkpoint) whose origin is the name of the key.
func checkpoint(text []byte, key note.Verifier) (tlog.Tree, error) {
	opened, err := note.Open(text, note.VerifierList(key))
	if err != nil {
		return tlog.Tree{}, fmt.Errorf("the checkpoint is not signed by the key: %w", err)
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[3] != "" {
		return tlog.Tree{}, errors.New("the checkpoint has not exactly origin, size and root")
	}
	if lines[0] != key.Name() {
		return tlog.Tree{}, fmt.Errorf("the checkpoint is of the ledger %q, not %q", lines[0], key.Name())
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != lines[1] {
		return tlog.Tree{}, errors.New("the checkpoint's size is not a number of entries")
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil {
		return tlog.Tree{}, fmt.Errorf("the checkpoint's root: %w", err)
	}
	return tlog.Tree{N: size, Hash: root}, nil
}

// receipt verifies a c2sp.org/tlog-proof@v1 for the entry with this leaf hash.
func receipt(text []byte, leaf tlog.Hash, key note.Verifier) (tlog.Tree, error) {
	head, signed, found := strings.Cut(string(text), "\n\n")
	lines := strings.Split(head, "\n")
	if !found || len(lines) < 2 || lines[0] != "c2sp.org/tlog-proof@v1" {
		return tlog.Tree{}, errors.New("the receipt is not a c2sp.org/tlog-proof@v1")
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[1], "index "), 10, 64)
	if err != nil || !strings.HasPrefix(lines[1], "index ") {
		return tlog.Tree{}, errors.New("the receipt's second line is not its index")
	}
	var proof tlog.RecordProof
	for i, line := range lines[2:] {
		hash, err := base64.StdEncoding.Strict().DecodeString(line)
		if err != nil || len(hash) != tlog.HashSize {
			return tlog.Tree{}, fmt.Errorf("line %d of the receipt's proof is not a hash", i+1)
		}
		proof = append(proof, tlog.Hash(hash))
	}
	tree, err := checkpoint([]byte(signed), key)
	if err != nil {
		return tlog.Tree{}, fmt.Errorf("the receipt's checkpoint: %w", err)
	}
	if index < 0 || index >= tree.N {
		return tlog.Tree{}, fmt.Errorf("the receipt's index %d is not in a ledger of %d entries", index, tree.N)
	}
	if err := tlog.CheckRecord(proof, tree.N, tree.Hash, index, leaf); err != nil {
		return tlog.Tree{}, fmt.Errorf("the receipt does not prove that this entry is entry %d: %w", index, err)
	}
	return tree, nil
}

// inclusion proves an entry from the tiles and checks that proof against the signed root.
func inclusion(index int64, ledger source, key note.Verifier) (tlog.Tree, error) {
	tree, err := head(ledger, key)
	if err != nil {
		return tlog.Tree{}, err
	}
	if index < 0 || index >= tree.N {
		return tlog.Tree{}, fmt.Errorf("there is no entry %d in a ledger of %d entries", index, tree.N)
	}
	entries, err := bundle(ledger, index/width, tree.N)
	if err != nil {
		return tlog.Tree{}, err
	}
	proof, err := tlog.ProveRecord(tree.N, index, tlog.TileHashReader(tree, tiles{ledger}))
	if err != nil {
		return tlog.Tree{}, fmt.Errorf("entry %d cannot be proven from the tiles: %w", index, err)
	}
	leaf := tlog.RecordHash(entries[index%width])
	if err := tlog.CheckRecord(proof, tree.N, tree.Hash, index, leaf); err != nil {
		return tlog.Tree{}, fmt.Errorf("entry %d is not the one that was signed for: %w", index, err)
	}
	return tree, nil
}

// consistency proves that the ledger of an old checkpoint is the beginning of this one.
func consistency(text []byte, ledger source, key note.Verifier) (tlog.Tree, error) {
	old, err := checkpoint(text, key)
	if err != nil {
		return tlog.Tree{}, fmt.Errorf("old: %w", err)
	}
	tree, err := head(ledger, key)
	if err != nil {
		return tlog.Tree{}, err
	}
	if old.N > tree.N {
		return tlog.Tree{}, fmt.Errorf("the ledger had %d entries, and has %d now: entries were removed", old.N, tree.N)
	}
	if old.N == 0 {
		return tree, nil
	}
	proof, err := tlog.ProveTree(tree.N, old.N, tlog.TileHashReader(tree, tiles{ledger}))
	if err != nil {
		return tlog.Tree{}, fmt.Errorf("the old ledger cannot be proven from the tiles: %w", err)
	}
	if err := tlog.CheckTree(proof, tree.N, tree.Hash, old.N, old.Hash); err != nil {
		return tlog.Tree{}, fmt.Errorf("entries before %d were changed since the old checkpoint: %w", old.N, err)
	}
	return tree, nil
}

func head(ledger source, key note.Verifier) (tlog.Tree, error) {
	text, err := ledger.read("checkpoint")
	if err != nil {
		return tlog.Tree{}, err
	}
	return checkpoint(text, key)
}
