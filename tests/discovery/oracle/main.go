// Oracle says what Go's own parser finds in test files, by the rules of `go test`
// (cmd/go/internal/load/test.go, which cannot be imported) and with the real go/doc.
//
// Each line of standard input is {"path": …} or {"source": base64}; each line of
// standard output is {"functions": […], "directives": […]} or, for a file that does
// not parse, null.
package main

import (
	"bufio"
	"encoding/json"
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"os"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

type directive struct {
	Name      string `json:"name"`
	Arguments string `json:"arguments"`
	Line      int    `json:"line"`
}

type function struct {
	Name       string      `json:"name"`
	Kind       string      `json:"kind"`
	Line       int         `json:"line"`
	Flaw       *string     `json:"flaw"`
	Directives []directive `json:"directives"`
}

type answer struct {
	Functions  []function  `json:"functions"`
	Directives []directive `json:"directives"`
}

var kinds = []struct{ prefix, kind, parameter string }{
	{"Test", "test", "T"}, {"Benchmark", "benchmark", "B"}, {"Fuzz", "fuzz", "F"},
}

func main() {
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 64<<20)
	out := json.NewEncoder(os.Stdout)
	for in.Scan() {
		var question struct {
			Path   string
			Source []byte
		}
		if err := json.Unmarshal(in.Bytes(), &question); err != nil {
			panic(err)
		}
		var source any
		if question.Path == "" {
			source = append([]byte{}, question.Source...)
		}
		out.Encode(read(question.Path, source))
	}
}

func read(path string, source any) *answer {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, path, source, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil
	}
	line := func(pos token.Pos) int { return files.PositionFor(pos, false).Line }
	found := &answer{Functions: []function{}, Directives: []directive{}}
	add := func(f *ast.FuncDecl, kind string, flaw *string) {
		found.Functions = append(found.Functions,
			function{f.Name.Name, kind, line(f.Pos()), flaw, directives(f.Doc, line)})
	}
	for _, decl := range file.Decls {
		f, ok := decl.(*ast.FuncDecl)
		if !ok || f.Recv != nil {
			continue
		}
		name := f.Name.Name
		if name == "TestMain" {
			if takes(f, "T") {
				add(f, "test", nil)
			} else if flaw := check(f, "M"); flaw != nil {
				add(f, "test", flaw)
			}
			continue
		}
		for _, k := range kinds {
			if hasPrefix(name, k.prefix) {
				add(f, k.kind, check(f, k.parameter))
			}
		}
		// One at a time: examples carry no position, and broken code may repeat a name.
		alone := *file
		alone.Decls = []ast.Decl{f}
		for _, example := range doc.Examples(&alone) {
			if example.Output != "" || example.EmptyOutput {
				add(f, "example", nil)
			}
		}
	}
	sort.SliceStable(found.Functions, func(i, j int) bool {
		return found.Functions[i].Line < found.Functions[j].Line
	})
	for _, group := range file.Comments {
		if group.Pos() < file.Package {
			found.Directives = append(found.Directives, directives(group, line)...)
		}
	}
	return found
}

func directives(group *ast.CommentGroup, line func(token.Pos) int) []directive {
	found := []directive{}
	if group == nil {
		return found
	}
	for _, comment := range group.List {
		if text, ok := strings.CutPrefix(comment.Text, "//wslgo:"); ok {
			end := strings.IndexAny(text, " \t\v\f")
			if end < 0 {
				end = len(text)
			}
			found = append(found, directive{text[:end], strings.Trim(text[end:], " \t\v\f"), line(comment.Pos())})
		}
	}
	return found
}

func hasPrefix(name, prefix string) bool {
	rest, ok := strings.CutPrefix(name, prefix)
	if !ok || rest == "" {
		return ok
	}
	first, _ := utf8.DecodeRuneInString(rest)
	return !unicode.IsLower(first)
}

func takes(f *ast.FuncDecl, parameter string) bool {
	list := f.Type.Params.List
	if f.Type.Results.NumFields() > 0 || len(list) != 1 || len(list[0].Names) > 1 {
		return false
	}
	pointer, ok := list[0].Type.(*ast.StarExpr)
	if !ok {
		return false
	}
	switch to := pointer.X.(type) {
	case *ast.Ident:
		return to.Name == parameter
	case *ast.SelectorExpr:
		return to.Sel.Name == parameter
	}
	return false
}

func check(f *ast.FuncDecl, parameter string) *string {
	name := f.Name.Name
	if f.Type.TypeParams.NumFields() > 0 {
		flaw := "wrong signature for " + name + ", test functions cannot have type parameters"
		return &flaw
	}
	if takes(f, parameter) {
		return nil
	}
	flaw := "wrong signature for " + name + ", must be: func " + name +
		"(" + strings.ToLower(parameter) + " *testing." + parameter + ")"
	return &flaw
}
