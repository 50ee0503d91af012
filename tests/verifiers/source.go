package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// source is where the parts of a ledger are read.
type source interface {
	read(path string) ([]byte, error)
}

// access is what a gateway asks of its callers: PEM files, and a file with a token.
type access struct{ ca, certificate, key, token string }

func open(from string, access access) (source, error) {
	if strings.HasPrefix(from, "https://") {
		client, err := access.client()
		if err != nil {
			return nil, err
		}
		token, err := access.bearer()
		return gateway{strings.TrimSuffix(from, "/"), client, token}, err
	}
	if info, err := os.Stat(from); err != nil || !info.IsDir() {
		return nil, errors.New("-from must be a folder, or an address that starts with https://")
	}
	return folder(from), nil
}

// folder holds the files of `sluis ledger tiles`.
type folder string

func (f folder) read(path string) ([]byte, error) {
	data, err := os.ReadFile(filepath.Join(string(f), filepath.FromSlash(path)))
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read: %w", path, errors.Unwrap(err))
	}
	return data, nil
}

// gateway serves its tiles over mutual TLS.
type gateway struct {
	address string
	client  *http.Client
	token   string
}

func (g gateway) read(path string) ([]byte, error) {
	request, err := http.NewRequest(http.MethodGet, g.address+"/"+path, nil)
	if err != nil {
		return nil, err
	}
	if g.token != "" {
		request.Header.Set("Authorization", "Bearer "+g.token)
	}
	answer, err := g.client.Do(request)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read: %w", path, err)
	}
	defer answer.Body.Close()
	data, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", answer.Status, strings.TrimSpace(string(data)))
	}
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read: %w", path, err)
	}
	return data, nil
}

func (a access) bearer() (string, error) {
	if a.token == "" {
		return "", nil
	}
	token, err := os.ReadFile(a.token)
	return strings.TrimSpace(string(token)), err
}

func (a access) client() (*http.Client, error) {
	authorities, err := os.ReadFile(a.ca)
	if err != nil {
		return nil, fmt.Errorf("-ca: %w", err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(authorities) {
		return nil, errors.New("-ca holds no certificate")
	}
	own, err := tls.LoadX509KeyPair(a.certificate, a.key)
	if err != nil {
		return nil, fmt.Errorf("-cert and -client-key: %w", err)
	}
	config := &tls.Config{RootCAs: roots, Certificates: []tls.Certificate{own}, MinVersion: tls.VersionTLS12}
	return &http.Client{Transport: &http.Transport{TLSClientConfig: config}}, nil
}

// through listens on the loopback and passes everything on with a client certificate, for verifiers that have a token but
// no certificate.
func through(upstream string, access access) error {
	target, err := url.Parse(upstream)
	if err != nil || target.Scheme != "https" {
		return errors.New("-upstream must start with https://")
	}
	client, err := access.client()
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Printf("http://%s/\n", listener.Addr())
	proxy := httputil.ReverseProxy{
		Rewrite:   func(r *httputil.ProxyRequest) { r.SetURL(target) },
		Transport: client.Transport,
	}
	return http.Serve(listener, &proxy)
}
