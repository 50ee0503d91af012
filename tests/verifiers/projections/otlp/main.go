// The OTLP receiver of the OpenTelemetry collector, over TLS, that writes every span it takes as a line of JSON. The receiver is the
// collector's own module; nothing here reads OTLP.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/signal"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/receiver/otlpreceiver"
	"go.opentelemetry.io/collector/receiver/receivertest"
)

func main() {
	if err := run(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(endpoint, certificate, key string) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	factory := otlpreceiver.NewFactory()
	config := factory.CreateDefaultConfig()
	settings := confmap.NewFromStringMap(map[string]any{
		"protocols": map[string]any{
			"grpc": map[string]any{
				"endpoint": endpoint,
				"tls":      map[string]any{"cert_file": certificate, "key_file": key},
			},
		},
	})
	if err := settings.Unmarshal(config); err != nil {
		return err
	}
	taken, err := consumer.NewTraces(write)
	if err != nil {
		return err
	}
	created := receivertest.NewNopSettings(component.MustNewType("otlp"))
	receiver, err := factory.CreateTraces(ctx, created, config, taken)
	if err != nil {
		return err
	}
	if err := receiver.Start(ctx, componenttest.NewNopHost()); err != nil {
		return err
	}
	fmt.Println(`{"listening":true}`)
	<-ctx.Done()
	return receiver.Shutdown(context.Background())
}

func write(_ context.Context, traces ptrace.Traces) error {
	out := json.NewEncoder(os.Stdout)
	for _, resource := range traces.ResourceSpans().All() {
		for _, scope := range resource.ScopeSpans().All() {
			for _, span := range scope.Spans().All() {
				err := out.Encode(map[string]any{
					"trace_id":   span.TraceID().String(),
					"span_id":    span.SpanID().String(),
					"parent":     span.ParentSpanID().String(),
					"kind":       span.Kind().String(),
					"name":       span.Name(),
					"start":      span.StartTimestamp(),
					"end":        span.EndTimestamp(),
					"status":     span.Status().Code().String(),
					"resource":   resource.Resource().Attributes().AsRaw(),
					"attributes": span.Attributes().AsRaw(),
				})
				if err != nil {
					return err
				}
			}
		}
	}
	return nil
}
