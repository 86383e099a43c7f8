"""requires_systemd, skip_on_drvfs, …: the same words on Python tests and in Go files.

`table` declares them and is all that a session without such marks imports. `use` checks what a mark
was given, `directive` reads the same from a comment in a Go file, `judging` holds it against a
machine, and `settling` puts the result on an item.
"""
