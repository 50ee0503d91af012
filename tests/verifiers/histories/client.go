package main

import (
	"encoding/json"
	"log"
	"slices"
	"strconv"
)

// Client is what the register knows of one, by the rules; written anew here, in another language than the program's.
type Client struct {
	Young        bool
	Registered   bool
	SecondParent bool
	Consents     []Consent
}

// Consent in one version.
type Consent struct {
	id        int
	Version   int      `json:"version"`
	Permits   bool     `json:"permits"`
	SingleUse bool     `json:"single_use"`
	Gave      []string `json:"gave"`
	Gives     []string `json:"gives"`
	Struck    []string `json:"struck"`
	Withdrawn bool     `json:"withdrawn"`
	SpentBy   *int     `json:"spent_by"`
}

// Call is what is asked.
type Call struct {
	Call         string
	SecondParent bool `json:"second_parent"`
	ID           int
	SingleUse    bool `json:"single_use"`
	By           string
	Only         *string
	Request      int
}

type answer struct {
	Answer string `json:"answer"`
	Of     any    `json:"of,omitempty"`
}

var fields = []string{"Name", "Wish"}

// people in the order in which they are written.
var people = []string{"Client", "FirstParent", "SecondParent"}

// text is the canonical writing: keys in their order.
func text(value any) string {
	written, err := json.Marshal(value)
	if err == nil {
		err = json.Unmarshal(written, &value)
	}
	if err == nil {
		written, err = json.Marshal(value)
	}
	if err != nil {
		log.Fatal(err)
	}
	return string(written)
}

type kept struct {
	Client   Client
	IDs      []int
	Consents []Consent
}

func (c Client) text() string {
	state := kept{Client: c, Consents: c.Consents}
	for _, consent := range c.Consents {
		state.IDs = append(state.IDs, consent.id)
	}
	return text(state)
}

func parse(state string) *Client {
	var read kept
	if err := json.Unmarshal([]byte(state), &read); err != nil {
		log.Fatal(err)
	}
	client := read.Client
	client.Consents = read.Consents
	for i, id := range read.IDs {
		client.Consents[i].id = id
	}
	return &client
}

func (c *Client) find(id int) *Consent {
	for i := range c.Consents {
		if c.Consents[i].id == id {
			return &c.Consents[i]
		}
	}
	return nil
}

// decides: whether this person must agree, now.
func (c *Client) decides(person string) bool {
	switch person {
	case "FirstParent":
		return c.Young
	case "SecondParent":
		return c.Young && c.SecondParent
	}
	return true
}

// opener is the first consent by its number that opens the field to this request.
func (c *Client) opener(field string, request int) *Consent {
	for _, consent := range c.Consents {
		if !c.Registered || (!consent.Permits && !consent.Withdrawn && !slices.Contains(consent.Struck, field)) {
			return nil
		}
	}
	for i := range c.Consents {
		consent := &c.Consents[i]
		everyone := !slices.ContainsFunc(people, func(p string) bool { return c.decides(p) && !slices.Contains(consent.Gives, p) })
		unspent := consent.SpentBy == nil || *consent.SpentBy == request
		if consent.Permits && !consent.Withdrawn && !slices.Contains(consent.Struck, field) && unspent && everyone {
			return consent
		}
	}
	return nil
}

func (c *Client) record(id int, permits, singleUse bool) any {
	consent := Consent{id: id, Version: 1, Permits: permits, SingleUse: singleUse, Gave: []string{"Client"}, Gives: []string{"Client"}, Struck: []string{}}
	c.Consents = append(c.Consents, consent)
	slices.SortFunc(c.Consents, func(a, b Consent) int { return a.id - b.id })
	return answer{"Changed", consent}
}

// with adds to a list that is kept in the order of another.
func with(list []string, order []string, added string) []string {
	both := []string{}
	for _, one := range order {
		if one == added || slices.Contains(list, one) {
			both = append(both, one)
		}
	}
	return both
}

// grant says why not, or nothing.
func (c *Client) grant(consent *Consent, by string) string {
	if !consent.Permits {
		return "OBJECTION_IS_ONE_PERSONS"
	}
	if consent.Withdrawn || consent.SpentBy != nil {
		return "CONSENT_ENDED"
	}
	if !c.decides(by) {
		return "GRANTOR_CANNOT_AGREE"
	}
	consent.Gave = with(consent.Gave, people, by)
	consent.Gives = with(consent.Gives, people, by)
	return ""
}

// withdraw says why not, or nothing.
func (c *Client) withdraw(consent *Consent, by string, only *string) string {
	replaced := slices.ContainsFunc(consent.Gave, func(p string) bool { return !c.decides(p) })
	switch {
	case consent.Withdrawn:
		return "CONSENT_ENDED"
	case !consent.Permits && by != "Client":
		return "NOT_THE_GRANTOR"
	case !consent.Permits && only == nil:
		consent.Withdrawn = true
		return ""
	case consent.Permits && !slices.Contains(consent.Gives, by) && !(c.decides(by) && replaced):
		return "NOT_THE_GRANTOR"
	case only != nil && !c.decides(by):
		return "GRANT_NOT_NEEDED"
	case only != nil:
		consent.Struck = with(consent.Struck, fields, *only)
	default:
		consent.Gives = slices.DeleteFunc(consent.Gives, func(p string) bool { return p == by })
		if c.decides(by) {
			consent.Struck = fields
		}
	}
	consent.Withdrawn = len(consent.Struck) == len(fields)
	return ""
}

func (c *Client) change(call Call) any {
	consent := c.find(call.ID)
	if consent == nil {
		return answer{"Refused", "NOT_FOUND"}
	}
	var refused string
	if call.Call == "Grant" {
		refused = c.grant(consent, call.By)
	} else {
		refused = c.withdraw(consent, call.By, call.Only)
	}
	if refused != "" {
		return answer{"Refused", refused}
	}
	consent.Version++
	return answer{"Changed", *consent}
}

func (c *Client) disclose(request int) any {
	released, spent := []string{}, map[*Consent]bool{}
	for _, field := range fields {
		if consent := c.opener(field, request); consent != nil {
			released = append(released, field)
			spent[consent] = consent.SingleUse && consent.SpentBy == nil
		}
	}
	for consent, now := range spent {
		if now {
			consent.SpentBy = &request
			consent.Version++
		}
	}
	return answer{"Released", released}
}

// apply carries a call out and gives what is answered.
func (c *Client) apply(call Call) any {
	switch call.Call {
	case "Register":
		c.Registered, c.SecondParent = true, call.SecondParent
		return answer{"Registered", nil}
	case "Disclose":
		return c.disclose(call.Request)
	case "Preview":
		permitted := map[string]any{}
		for _, field := range fields {
			if consent := c.opener(field, -1); consent != nil {
				permitted[field] = []int{consent.id, consent.Version}
			}
		}
		return answer{"Permitted", permitted}
	}
	if !c.Registered {
		return answer{"Refused", "NOT_REGISTERED"}
	}
	switch call.Call {
	case "Permit":
		return c.record(call.ID, true, call.SingleUse)
	case "Object":
		return c.record(call.ID, false, false)
	case "Grant", "Withdraw":
		return c.change(call)
	case "List":
		consents := map[string]any{}
		for _, consent := range c.Consents {
			consents[strconv.Itoa(consent.id)] = consent
		}
		return answer{"Listed", map[string]any{"second_parent": c.SecondParent, "consents": consents}}
	}
	log.Fatalf("what is %s?", call.Call)
	return nil
}
