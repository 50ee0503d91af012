// Verifies a Sluis ledger with Go's own sumdb packages (golang.org/x/mod/sumdb/note and .../tlog), which nobody of Sluis
// wrote. What does not hold is named on standard error, and the exit code is 1; wrong use is 2.
package main

import (
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

const usage = `usage:
  verifier checkpoint  -key ledger.vkey CHECKPOINT             a signed head
  verifier receipt     -key ledger.vkey -leaf HEX RECEIPT      that an entry is in the ledger; or -entry FILE
  verifier consistency -key ledger.vkey -from LEDGER OLD       that the ledger of an old checkpoint is the beginning of this one
  verifier inclusion   -key ledger.vkey -from LEDGER -index N  that entry N is in the tree, by its tiles
  verifier ledger      -key ledger.vkey -from LEDGER           the whole of it: entries, tiles, root and signature
  verifier through     -upstream URL                           lends a certificate to a verifier that has none

LEDGER is a folder of sluis ledger tiles, or the https:// address of a gateway's tiles. That needs -ca, -cert and -client-key,
and entries need -token, a file.
`

func main() {
	if len(os.Args) < 2 {
		misused(errors.New("say what to verify"))
	}
	flags := flag.NewFlagSet(os.Args[1], flag.ContinueOnError)
	flags.Usage = func() {}
	key := flags.String("key", "", "")
	from := flags.String("from", "", "")
	leaf := flags.String("leaf", "", "")
	entry := flags.String("entry", "", "")
	index := flags.Int64("index", -1, "")
	upstream := flags.String("upstream", "", "")
	var access access
	flags.StringVar(&access.ca, "ca", "", "")
	flags.StringVar(&access.certificate, "cert", "", "")
	flags.StringVar(&access.key, "client-key", "", "")
	flags.StringVar(&access.token, "token", "", "")
	if err := flags.Parse(os.Args[2:]); err != nil {
		misused(err)
	}
	if os.Args[1] == "through" {
		refused(through(*upstream, access))
		return
	}
	verifier, err := verifierKey(*key)
	if err != nil {
		misused(err)
	}
	file := func() []byte {
		if flags.NArg() != 1 {
			misused(errors.New("name one file"))
		}
		text, err := os.ReadFile(flags.Arg(0))
		if err != nil {
			misused(err)
		}
		return text
	}
	ledger := func() source {
		source, err := open(*from, access)
		if err != nil {
			misused(err)
		}
		return source
	}
	switch os.Args[1] {
	case "checkpoint":
		tree, err := checkpoint(file(), verifier)
		refused(err)
		said(tree)
	case "receipt":
		hash, err := leafHash(*leaf, *entry)
		if err != nil {
			misused(err)
		}
		tree, err := receipt(file(), hash, verifier)
		refused(err)
		said(tree)
	case "consistency":
		tree, err := consistency(file(), ledger(), verifier)
		refused(err)
		said(tree)
	case "inclusion":
		tree, err := inclusion(*index, ledger(), verifier)
		refused(err)
		said(tree)
	case "ledger":
		tree, err := whole(ledger(), verifier)
		refused(err)
		said(tree)
	default:
		misused(fmt.Errorf("there is no %q", os.Args[1]))
	}
}

func leafHash(text, file string) (tlog.Hash, error) {
	if file != "" {
		entry, err := os.ReadFile(file)
		return tlog.RecordHash(entry), err
	}
	bytes, err := hex.DecodeString(strings.TrimSpace(text))
	if err != nil || len(bytes) != tlog.HashSize {
		return tlog.Hash{}, errors.New("-leaf must be 64 hexadecimal digits, or give -entry")
	}
	return tlog.Hash(bytes), nil
}

func said(tree tlog.Tree) {
	fmt.Printf("verified: %d entries, root %s\n", tree.N, hex.EncodeToString(tree.Hash[:]))
}

func refused(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "verifier: refused:", err)
		os.Exit(1)
	}
}

func misused(err error) {
	fmt.Fprintf(os.Stderr, "verifier: %v\n%s", err, usage)
	os.Exit(2)
}
