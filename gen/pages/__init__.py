"""Pages: Markdown, facts and figures become HTML. Nothing here reads a file but the templates."""
