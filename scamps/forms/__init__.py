"""What is asked when a version is judged, published or taken back."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet

from accounts.models import Site
from scamps.core.definition.parts import KEBAB, LANGUAGE
from scamps.core.definition.source import MOST_CHARACTERS
from scamps.core.edit import key_from
from scamps.models import Verdict

AREA = {"class": "form-control", "rows": 3}


class ReasonForm(forms.Form):
    """Why a step is taken; `label` and whether it is required follow the step."""

    reason = forms.CharField(
        widget=forms.Textarea(attrs=AREA), max_length=2000, required=False
    )

    def __init__(self, *args, label: str, required: bool, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["reason"]
        field.label, field.required = label, required
        field.error_messages["required"] = f"{label}: enter a sentence."


class PublishForm(forms.Form):
    """The release notes, and the moment from which the version holds."""

    reason = forms.CharField(
        label="Release notes", widget=forms.Textarea(attrs=AREA), max_length=10_000
    )
    takes_effect_at = forms.DateTimeField(
        label="Takes effect (UTC)",
        required=False,
        help_text="Empty: at once.",
        widget=forms.DateTimeInput(
            attrs={"class": "form-control", "type": "datetime-local"},
            format="%Y-%m-%dT%H:%M",
        ),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        error_messages={"invalid": "Enter a date and a time, as 2026-12-01 08:00."},
    )

    def clean_takes_effect_at(self) -> datetime | None:
        moment = self.cleaned_data["takes_effect_at"]
        return moment.replace(tzinfo=UTC) if moment else None


class SignOffForm(forms.Form):
    """A member's word on a version."""

    verdict = forms.ChoiceField(
        label="What do you say?",
        choices=[(Verdict.APPROVE, "I approve"), (Verdict.OBJECT, "I object")],
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether you approve or object."},
    )
    interests = forms.CharField(
        label="Conflicts of interest",
        help_text="Employment, fees, shares or patents that touch this plan; or “none”.",
        widget=forms.TextInput(attrs={"class": "form-control"}),
        max_length=1000,
        error_messages={
            "required": "Say which interests you have, or that you have none."
        },
    )
    words = forms.CharField(
        label="Remark",
        required=False,
        widget=forms.Textarea(attrs=AREA),
        max_length=2000,
    )

    def clean(self) -> dict:
        found = super().clean()
        objects = found.get("verdict") == Verdict.OBJECT
        if objects and not found.get("words", "").strip():
            self.add_error("words", "Say what you object to.")
        return found


class BeginForm(forms.Form):
    """What a new plan is called, on pages and for ever."""

    title = forms.CharField(
        label="Title",
        max_length=200,
        widget=forms.TextInput(attrs={"class": "form-control"}),
        error_messages={"required": "Enter a title."},
    )
    key = forms.CharField(
        label="Key",
        required=False,
        max_length=50,
        help_text="For ever, and part of every address. Empty: made from the title.",
        widget=forms.TextInput(
            attrs={
                "class": "form-control mono",
                "autocapitalize": "off",
                "autocomplete": "off",
                "spellcheck": "false",
            }
        ),
    )
    language = forms.RegexField(
        label="Language of the plan",
        regex=LANGUAGE,
        initial="en",
        help_text="As in en, de, pt-BR.",
        widget=forms.TextInput(attrs={"class": "form-control"}),
        error_messages={
            "required": "Say in which language the plan is written.",
            "invalid": "Enter a language such as en or pt-BR.",
        },
    )

    def clean(self) -> dict:
        found = super().clean()
        key = found.get("key") or key_from(found.get("title", ""), "key")
        if not re.fullmatch(KEBAB, key):
            self.add_error("key", "Enter a key in lower case with hyphens.")
        return found | {"key": key}


class AdoptForm(forms.Form):
    """For which site a plan is adopted, and what the site's own is called."""

    site = forms.ModelChoiceField(
        label="For which site",
        queryset=Site.objects.none(),
        empty_label=None,
        error_messages={
            "required": "Choose the site.",
            "invalid_choice": "You do not publish for this site.",
        },
    )
    title = forms.CharField(
        label="Title of the site's plan",
        max_length=200,
        error_messages={"required": "Enter a title."},
    )
    key = forms.RegexField(
        label="Its key",
        help_text="Stays for ever, in lower case with hyphens.",
        regex=KEBAB,
        max_length=50,
        error_messages={
            "required": "Enter a key.",
            "invalid": "Use lower case and hyphens, such as chest-pain-site-a.",
        },
    )

    def __init__(self, *args, sites: QuerySet[Site], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = sites


class DraftForm(forms.Form):
    """The text of a plan, typed or from a file."""

    text = forms.CharField(
        label="Plan document (YAML or JSON)",
        required=False,
        strip=False,
        max_length=1_000_000,
        widget=forms.Textarea(
            attrs={
                "class": "form-control mono",
                "rows": 30,
                "spellcheck": "false",
                "autocapitalize": "off",
                "wrap": "off",
            }
        ),
    )
    file = forms.FileField(
        label="Or a file",
        required=False,
        widget=forms.FileInput(
            attrs={"class": "form-control", "accept": ".yaml,.yml,.json"}
        ),
    )

    def clean(self) -> dict:
        found = super().clean()
        if upload := found.get("file"):
            found["text"] = self._read(upload)
        if not found.get("text", "").strip() and not self.errors:
            self.add_error("text", "Enter the plan, or choose a file.")
        return found

    def _read(self, upload: UploadedFile) -> str:
        """The text of a file, whole; with or without a mark of its byte order."""
        if upload.size > MOST_CHARACTERS:
            self.add_error(
                "file", f"The file is longer than {MOST_CHARACTERS:,} bytes."
            )
            return ""
        try:
            return upload.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            self.add_error("file", "The file is not text in UTF-8.")
        return ""


class QuorumForm(forms.Form):
    """How many members must approve, and why that changes."""

    quorum = forms.IntegerField(
        label="Members who must approve",
        min_value=1,
        max_value=99,
        widget=forms.NumberInput(attrs={"class": "form-control"}),
        error_messages={
            "required": "Enter a number.",
            "invalid": "Enter a whole number.",
            "min_value": "At least one member must approve.",
        },
    )
    reason = forms.CharField(
        label="Why",
        widget=forms.Textarea(attrs=AREA),
        max_length=1000,
        error_messages={"required": "Why: enter a sentence."},
    )


class CaseForm(forms.Form):
    """What a case is called, and why it is there; its answers are read apart."""

    name = forms.CharField(
        label="Name",
        max_length=200,
        widget=forms.TextInput(attrs={"class": "form-control"}),
        error_messages={"required": "Say in a few words who this patient is."},
    )
    note = forms.CharField(
        label="Why it is here",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs=AREA | {"rows": 2}),
    )


class CasesFileForm(forms.Form):
    """The text of a cases.yaml, typed or from a file."""

    text = forms.CharField(
        label="Cases (YAML)",
        required=False,
        strip=False,
        max_length=1_000_000,
        widget=forms.Textarea(
            attrs={"class": "form-control mono", "rows": 16, "spellcheck": "false"}
        ),
    )
    file = forms.FileField(
        label="Or a file",
        required=False,
        widget=forms.FileInput(attrs={"class": "form-control", "accept": ".yaml,.yml"}),
    )

    def clean(self) -> dict:
        found = super().clean()
        if upload := found.get("file"):
            try:
                found["text"] = upload.read(1_000_000).decode("utf-8-sig")
            except UnicodeDecodeError:
                self.add_error("file", "The file is not text in UTF-8.")
        if not found.get("text", "").strip() and not self.errors:
            self.add_error("text", "Enter the cases, or choose a file.")
        return found


class CommentForm(forms.Form):
    """A matter to raise, and the part it is about."""

    place = forms.ChoiceField(
        label="About",
        required=False,
        widget=forms.Select(attrs={"class": "form-select"}),
        error_messages={"invalid_choice": "The plan has no such part."},
    )
    words = forms.CharField(
        label="Your comment",
        help_text="Never name a patient.",
        max_length=4000,
        widget=forms.Textarea(attrs=AREA),
        error_messages={"required": "Say something."},
    )

    def __init__(self, *args, parts, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = [("", "The version as a whole"), *parts]


class AnswerForm(forms.Form):
    """An answer in a thread; resolving it or opening it again needs no words."""

    words = forms.CharField(
        label="Your answer",
        max_length=4000,
        widget=forms.Textarea(attrs=AREA),
        error_messages={"required": "Say something."},
    )

    def __init__(self, *args, needed: bool = True, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].required = needed
