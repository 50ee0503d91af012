// Command histories has a checker that nobody here wrote, Porcupine, judge the histories of tests/histories: a file has one history a
// line, with the verdict of our own checker. Both must give every history the same verdict.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"log"
	"math"
	"os"

	"github.com/anishathalye/porcupine"
)

// History is everything that was asked about one client.
type History struct {
	Name         string
	Young        bool
	Linearizable bool
	Operations   []struct {
		Call   Call
		Answer any
		From   int64
		Until  *int64
	}
}

func model(young bool) porcupine.Model {
	return porcupine.Model{
		Init: func() any { return Client{Young: young}.text() },
		Step: func(state, call, answer any) (bool, any) {
			client := parse(state.(string))
			given := client.apply(call.(Call))
			// An answer that nobody heard is any.
			return answer == nil || text(given) == answer.(string), client.text()
		},
	}
}

func judge(path string) (histories, operations, violations int) {
	file, err := os.Open(path)
	if err != nil {
		log.Fatal(err)
	}
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var history History
		if err := json.Unmarshal(lines.Bytes(), &history); err != nil {
			log.Fatalf("%s: %v", path, err)
		}
		var made []porcupine.Operation
		for number, o := range history.Operations {
			operation := porcupine.Operation{ClientId: number, Input: o.Call, Call: o.From, Return: math.MaxInt64}
			if o.Until != nil {
				operation.Return, operation.Output = *o.Until, text(o.Answer)
			}
			made = append(made, operation)
		}
		linearizable := porcupine.CheckOperations(model(history.Young), made)
		if linearizable != history.Linearizable {
			log.Fatalf("%s: Porcupine says %v, and our own checker %v:\n%s", history.Name, linearizable, history.Linearizable, lines.Text())
		}
		histories++
		operations += len(made)
		if !linearizable {
			violations++
		}
	}
	if err := lines.Err(); err != nil {
		log.Fatal(err)
	}
	return histories, operations, violations
}

func main() {
	for _, path := range os.Args[1:] {
		histories, operations, violations := judge(path)
		if histories == 0 {
			log.Fatalf("%s: no history at all", path)
		}
		fmt.Printf("%s: %d histories of %d operations, %d of them not linearizable; on each of them Porcupine agrees\n",
			path, histories, operations, violations)
	}
}
