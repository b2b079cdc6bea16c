"""Pages: Markdown, facts and figures to HTML. Nothing here reads a file but the templates."""
