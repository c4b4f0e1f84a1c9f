"""Executed lessons as HTML pages that need no network: pictures inside, formulas as MathML, links between the pages."""

import re
from datetime import datetime
from pathlib import Path

import latex2mathml.converter
from jinja2 import DictLoader, Environment
from nbconvert.exporters import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from course_utils.command.lessons import Execution, checkout_folder

# nbconvert's own page fetches MathJax, require.js and Mermaid from a remote address.
LESSON_PAGE = """
{%- extends 'lab/index.html.j2' -%}
{%- block html_head_js -%}{%- endblock -%}
{%- block html_head_js_mathjax -%}{%- endblock -%}
{%- block html_head_js_mermaidjs -%}{%- endblock -%}
{%- block body_header -%}
<style>.jp-InputArea pre, .jp-OutputArea-output pre { white-space: pre-wrap; overflow-wrap: anywhere; }</style>
<body class="jp-Notebook" data-jp-theme-light="true" data-jp-theme-name="JupyterLab Light">
<main><p style="margin: 1em 5em"><a href="index.html">All lessons</a> · <a href="glossary.html">Glossary</a></p>
{%- endblock -%}
"""

PLAIN_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ title }}</title>
<style>
body { font-family: system-ui, sans-serif; line-height: 1.5; max-width: 60em; margin: 2em auto; padding: 0 1em; color: #222; }
table { border-collapse: collapse; width: 100%; margin-bottom: 2em; }
th, td { border-bottom: 1px solid #ccc; padding: 0.3em 0.6em; text-align: left; vertical-align: top; }
.fails { color: #a33b00; font-weight: bold; }
</style></head><body>
{{ body }}
</body></html>
"""

INDEX_BODY = """<h1>Deep learning, four architectures</h1>
<p>Executed {{ when }} at the {{ scale }} scale. <a href="glossary.html">Glossary</a>{% if interrupted %} <b class="fails">Interrupted: not all lessons were run.</b>{% endif %}</p>
<table><tr><th>Lesson</th><th>Time</th><th>Memory</th><th>Claims that hold</th></tr>
{% for execution in executions %}<tr><td><a href="{{ execution.lesson.name }}.html">{{ execution.lesson.number }} · {{ execution.lesson.title | e }}</a></td>
<td>{{ "%.1f" % (execution.seconds / 60) }} min</td><td>{{ "%.0f" % execution.peak_megabytes }} MB</td>
<td>{{ execution.claims | selectattr(1) | list | length }} of {{ execution.claims | length }}
{% for failure in execution.failures %}<br><span class="fails">✘ {{ failure | e }}</span>{% endfor %}</td></tr>
{% endfor %}</table>
<h2>All claims</h2>
<table><tr><th>Lesson</th><th>Claim</th><th></th></tr>
{% for execution in executions %}{% for sentence, holds in execution.claims %}<tr><td>{{ execution.lesson.number }}</td>
<td>{{ sentence | e }}</td><td>{% if holds %}✔{% else %}<span class="fails">✘</span>{% endif %}</td></tr>
{% endfor %}{% endfor %}</table>
"""


class PageRenderer(IPythonRenderer):
    """Markdown with formulas as MathML, and with links to lessons and glossary that work among the pages."""

    def block_math(self, body: str) -> str:
        return latex2mathml.converter.convert(body, display="block")

    def inline_math(self, body: str) -> str:
        return latex2mathml.converter.convert(body)

    def link(self, text: str, url: str, title: str | None = None) -> str:
        url = re.sub(r"^(?:\.\./)*(?:docs/|\d_\w+/)?(glossary|\d{3}_\w+)\.(?:md|ipynb)(?=#|$)", r"\1.html", url)
        return super().link(text, url, title)


def markdown_to_html(source: str) -> str:
    """HTML of a Markdown text."""
    return MarkdownWithMath(renderer=PageRenderer(escape=False)).render(source)


def write_lesson(execution: Execution, folder: Path) -> None:
    """Write one executed lesson as NAME.html."""
    loader = DictLoader({"lesson_page.html.j2": LESSON_PAGE})
    exporter = HTMLExporter(extra_loaders=[loader], template_file="lesson_page.html.j2")
    exporter.register_filter("markdown2html", markdown_to_html)
    page, _ = exporter.from_notebook_node(execution.notebook, {"metadata": {"name": execution.lesson.title}})
    (folder / f"{execution.lesson.name}.html").write_text(page, encoding="utf-8")


def write_index(executions: list[Execution], folder: Path, scale: str, interrupted: bool) -> None:
    """Write index.html, the table of lessons and claims, and glossary.html."""
    environment = Environment(autoescape=False)  # the bodies are HTML; what comes from lessons is escaped in them
    when = datetime.now().strftime("%d %B %Y, %H:%M")
    index = environment.from_string(INDEX_BODY).render(
        executions=executions, scale=scale, when=when, interrupted=interrupted
    )
    glossary = checkout_folder() / "docs" / "glossary.md"
    pages = {
        "index": ("The course", index),
        "glossary": ("Glossary", markdown_to_html(glossary.read_text(encoding="utf-8"))),
    }
    for name, (title, body) in pages.items():
        page = environment.from_string(PLAIN_PAGE).render(title=title, body=body)
        (folder / f"{name}.html").write_text(page, encoding="utf-8")
