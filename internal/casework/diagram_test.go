package casework

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// diagramPath is where the documentation keeps the state machine of issues.
const diagramPath = "../../docs/issue-states.md"

var whoWords = map[who]string{
	holder: "the desk", above: "a desk above", asked: "the one asked", confirmer: "the raiser or who stands in", reopener: "a follower",
	appellant: "the raiser", follower: "everybody on the path",
}

// after gives the state that each move leads to; empty where it goes back to the state before the question.
var after = map[Move]State{
	Acknowledge: Acknowledged, Start: InProgress, Escalate: New, SendDown: New, PullUp: Acknowledged, AskInfo: AwaitingInfo,
	Resolve: Resolved, Decline: Declined, Confirm: Closed, Reopen: New, Merge: Merged,
}

// diagram draws the rules as a table and a picture.
func diagram() string {
	var b strings.Builder
	b.WriteString("# The states of an issue\n\nWritten from the rules in `internal/casework` by its tests; `BANAM_WRITE_DOCS=1 go test ./internal/casework` writes it anew.\n" +
		"The rules are those of section 4 of the domain: what people move, and what the clock moves by itself.\n\n```mermaid\nstateDiagram-v2\n  [*] --> new: raise\n")
	var rows []string
	for _, r := range rules {
		if r.move == CommentOn || r.move == Conclude {
			continue
		}
		for _, from := range r.from {
			to, ok := after[r.move]
			if r.move == AgencyReply {
				to, ok = from, true
			}
			name := string(to)
			if !ok {
				name, to = "the state before", InProgress
			}
			fmt.Fprintf(&b, "  %s --> %s: %s\n", from, to, r.move)
			rows = append(rows, fmt.Sprintf("| %s | %s | %s | %s |", from, r.move, whoWords[r.by], name))
		}
	}
	for _, from := range []State{New, Acknowledged, InProgress} {
		fmt.Fprintf(&b, "  %s --> new: %s\n", from, Lapse)
		rows = append(rows, fmt.Sprintf("| %s | %s | the clock, in working hours | new, at the next desk upward that has a lead |", from, Lapse),
			fmt.Sprintf("| %s | %s | the clock, where nobody is above | %s |", from, MarkOverdue, from))
	}
	fmt.Fprintf(&b, "  %s --> closed: %s\n```\n\n", Resolved, CloseSilent)
	rows = append(rows, fmt.Sprintf("| %s | %s | the clock, after %d working days of silence | closed |", Resolved, CloseSilent, ConfirmDays),
		fmt.Sprintf("| every open one | %s | the software, where nobody leads the desk | new, at the next desk upward that has a lead |", PassVacant),
		fmt.Sprintf("| every open one | %s | the software, when another issue is merged into it | the same |", Absorb),
		fmt.Sprintf("| every one but merged | %s | a desk that holds it or lies above, in a meeting | the same |", Conclude),
		fmt.Sprintf("| every one but merged | %s | %s | the same |", CommentOn, whoWords[follower]))
	b.WriteString("| state | move | by | then |\n| --- | --- | --- | --- |\n" + strings.Join(rows, "\n") + "\n\nEvery pair of state and move that is not here is refused.\n")
	return b.String()
}

// TestDiagramIsFresh holds the documentation against the rules.
func TestDiagramIsFresh(t *testing.T) {
	t.Parallel()
	want := diagram()
	if os.Getenv("BANAM_WRITE_DOCS") != "" {
		if err := os.WriteFile(diagramPath, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(diagramPath)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("%s is stale: write it anew", diagramPath)
	}
}
