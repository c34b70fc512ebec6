"""A matplotlib figure as an element of a page: colours by CSS variable, ids of its own, a name for readers."""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ET

from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from wizard.report.plots.palette import VARIABLES
from wizard.report.words import clean

TIP = "tip:"  # before what a part of a drawing says when it is pointed at, as its name in matplotlib
XLINK = "{http://www.w3.org/1999/xlink}href"
DROPPED = ("metadata", "style")  # a date and addresses; rules that would reach beyond the drawing
KEPT = frozenset({"font-size", "font-weight", "text-anchor", "fill", "opacity", "fill-opacity"})
LONG_DECIMALS = re.compile(r"(\.\d\d)\d+")  # a hundredth of a pixel is finer than any screen
COLOUR = re.compile(r"#[0-9a-f]{6}")
LOCAL = re.compile(r"url\(#([^)]+)\)")


def svg_from(figure: Figure, uid: str, title: str) -> str:
    """Writes a figure as one `<svg>` element without addresses, dates or ids that another figure may have."""
    target = io.BytesIO()
    FigureCanvasSVG(figure).print_svg(target, metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    root = ET.fromstring(target.getvalue().decode("utf-8"))
    _strip(root)
    _rename(root, uid)
    for element in root.iter():
        _restyle(element)
    width, height = (float(side) for side in root.attrib["viewBox"].split()[2:])
    root.attrib = {
        "class": "plot",
        "viewBox": f"0 0 {width:g} {height:g}",
        "role": "img",
        "aria-labelledby": f"{uid}-title",
        "style": f"max-width: {width:g}px",
    }
    name = ET.Element("title", {"id": f"{uid}-title"})
    name.text = clean(title)
    root.insert(0, name)
    return ET.tostring(root, encoding="unicode")


def _strip(element: ET.Element) -> None:
    element.tag = element.tag.rpartition("}")[2]
    element.tail = None if not (element.tail or "").strip() else element.tail
    element.text = None if not (element.text or "").strip() else element.text
    for child in list(element):
        if child.tag.rpartition("}")[2] in DROPPED:
            element.remove(child)
        else:
            _strip(child)


def _rename(root: ET.Element, uid: str) -> None:
    used = {link.lstrip("#") for e in root.iter() if (link := e.get(XLINK))}
    used |= {found for e in root.iter() for value in e.attrib.values() for found in LOCAL.findall(value)}
    names: dict[str, str] = {}
    for element in list(root.iter()):
        old = element.attrib.pop("id", None)
        if old in used:
            names[old] = element.attrib["id"] = f"{uid}-{len(names)}"
        elif old == "halo":
            element.set("class", "halo")
        elif old and old.startswith(TIP):
            element.set("class", "tip")
            ET.SubElement(element, "title").text = clean(old.removeprefix(TIP))
    for element in root.iter():
        link = element.attrib.pop(XLINK, None)
        if link:
            element.set("href", "#" + names[link[1:]] if link.startswith("#") else link)
        for key, value in element.attrib.items():
            if "url(#" in value:
                element.set(key, LOCAL.sub(lambda m: f"url(#{names[m[1]]})", value))


def _restyle(element: ET.Element) -> None:
    if element.get("transform", "").startswith("rotate(-0 "):
        del element.attrib["transform"]
    for key in ("d", "transform", "x", "y"):
        if key in element.attrib:
            element.set(key, " ".join(LONG_DECIMALS.sub(r"\1", element.attrib[key]).split()))
    style = element.get("style", "")
    if element.tag == "text":
        style = _text_style(style)
    if style:
        element.set("style", COLOUR.sub(lambda m: VARIABLES.get(m[0], m[0]), style))


def _text_style(style: str) -> str:
    rules = dict(rule.strip().split(": ", 1) for rule in style.split(";") if ": " in rule)
    font = rules.pop("font", "")  # "600 12px 'DejaVu Sans', …": the size is kept, the family is the page's
    rules["font-size"] = next((word for word in font.split() if word.endswith("px")), rules.get("font-size", "12px"))
    if any(word in font.split() for word in ("600", "700", "bold")):
        rules["font-weight"] = "600"
    return "; ".join(f"{key}: {value}" for key, value in rules.items() if key in KEPT)
