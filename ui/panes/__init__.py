"""What the panes of the page show, as HTML, and every text in it."""
