import math

from wizard.core.blocks import Curve, Gallery, Item
from wizard.report.curves import HEIGHT, WIDTH, sketch_of
from wizard.report.evidence import evidence_of
from wizard.report.templates import environment


def path(*y, low=0.0, high=1.0, share=1.0):
    return sketch_of(Curve(name="x", y=y, low=low, high=high, share=share)).path


def test_a_curve_runs_from_edge_to_edge():
    assert path(0.0, 1.0, 0.5) == f"M0 {HEIGHT}L{WIDTH // 2} 0L{WIDTH} {HEIGHT // 2}"


def test_a_gap_is_left_open_and_a_lone_value_is_a_dot():
    assert path(0.0, None, 0.0, 0.0).count("M") == 2
    assert path(None, 1.0, None) == f"M{WIDTH // 2} 0h0"
    assert path(None, math.nan) == ""


def test_a_shorter_series_takes_its_share_of_the_width():
    assert path(0.0, 0.0, share=0.5).endswith(f"L{WIDTH // 2} {HEIGHT}")


def test_a_constant_frame_does_not_break():
    assert path(2.0, 2.0, low=2.0, high=2.0) == f"M0 {HEIGHT}L{WIDTH} {HEIGHT}"


def test_the_gallery_draws_curves_and_escapes_their_names():
    curves = tuple(Curve(name=name, y=(0.0, 1.0), low=0.0, high=1.0) for name in ("<b>acc</b>", "gyr"))
    evidence = evidence_of(Gallery(items=(Item(label="a", curves=curves),)), "g", {})
    macro = environment().get_template("parts/gallery.html").module.gallery
    page = str(macro(evidence))
    assert page.count("<path d=") == 2
    assert "&lt;b&gt;acc" in page
    assert "<b>acc" not in page
