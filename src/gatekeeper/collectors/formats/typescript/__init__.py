"""TypeScript and JavaScript, parsed with tree-sitter."""
