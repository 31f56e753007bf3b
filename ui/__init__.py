"""The chat page: shows answers as they stream, and adds no answering of its own.

::

    asking/     a question reaches the tutor: one worker, a fair line, the chat
    panes/      what the panes show, as HTML, and every text of the page
    text/       text that anybody may have written, made safe to show
    metro/      the map, drawn
    sources/    what there is to search, and how the page changes it
    serving/    the page as a server: ``ui.serving.serve.serve``
    endpoints/  the tutor for programs: OpenAI-compatible, and MCP
    page.py     Gradio's layout and wires; actions.py does what is pressed
"""
