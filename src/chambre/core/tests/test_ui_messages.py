"""The words of the house are there in French."""

from pathlib import Path

from chambre.core.ui import messages

CORE = Path(messages.__file__).resolve().parents[1]


def test_the_core_reads_in_french():
    po = CORE / "locale" / "fr" / "LC_MESSAGES" / "django.po"

    assert messages.untranslated(CORE, po) == []


def test_french_is_set_as_french_is_set():
    catalogue = messages.read(CORE / "locale" / "fr" / "LC_MESSAGES" / "django.po")
    words = [
        text
        for message in catalogue
        if message.id
        for text in (message.string if isinstance(message.string, tuple) else (message.string,))
    ]

    for text in words:
        assert "'" not in text, text  # the apostrophe is ’
        for mark in (" ;", " !", " ?", " :", "« ", " »"):
            assert mark not in text, text  # these spaces do not break


def test_an_update_keeps_what_was_translated_and_drops_what_is_gone(tmp_path):
    app = tmp_path / "app"
    (app / "templates").mkdir(parents=True)
    page = app / "templates" / "page.html"
    page.write_text('{% load i18n %}{% translate "Stay" %}\n  {% translate "Go" context "verb" %}')
    po = app / "locale" / "fr" / "LC_MESSAGES" / "django.po"
    assert messages.update(app, po) == (2, 0)
    catalogue = messages.read(po)
    catalogue.get("Stay").string = "Rester"
    messages.write(po, catalogue)

    page.write_text('{% load i18n %}{% translate "Stay" %}{% translate "New" %}')

    assert messages.update(app, po) == (1, 1)
    assert messages.read(po).get("Stay").string == "Rester"
    assert messages.read(po).get("Go", "verb") is None
    assert messages.untranslated(app, po) == ["templates/page.html: New"]
    assert messages.update(app, po) == (0, 0)
