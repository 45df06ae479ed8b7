# Copyright: The idops.pingone contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is wrong with the options of a task, in sentences and with the option's name, alike on every ansible-core.

What ansible-core's own validation stumbles over, or says in ten lines, is found here before it. The rest is its own.
"""

from __future__ import annotations

import decimal
import difflib
import json
import math
import re
import typing as t

from ansible.module_utils.common.validation import check_type_dict
from ansible_collections.idops.pingone.plugins.module_utils._base.errors import OptionError
from ansible_collections.idops.pingone.plugins.module_utils._base.text import hinted, may_be_secret
from ansible_collections.idops.pingone.plugins.module_utils._client.connection import without_values

Spec = t.Mapping[str, t.Any]
Args = t.Mapping[str, t.Any]

# How many real options are named beside one that does not exist.
_NEAREST: t.Final = 3
# More than any option takes, and as many as a sentence can repeat.
_MOST_DIGITS: t.Final = 100
# How ansible-core names the one option that an error is about, and the options within which it lies.
_NAMED: t.Final = re.compile(r"(?:^argument|^Elements value for option) '(\w+)'|^value of (\w+) must be ")
_MISSING: t.Final = re.compile(r"^missing required arguments: (\w+)(?![\w,])")
# The value that it repeats where it is none of the choices.
_CHOICE: t.Final = re.compile(r"(?<=, got: ).*?(?= found in \w|$)", re.DOTALL)
_WITHIN: t.Final = re.compile(r" found in '?(\w+(?: -> \w+)*)")


def plain(args: Args) -> dict[str, t.Any]:
    """Return options as a module would get them: decrypted, and without the marks that ansible-core puts on values.

    Raises OptionError for a number that no module can be given.
    """
    check_numbers(args)
    values: dict[str, t.Any] = json.loads(json.dumps(args, default=_plain_value))
    return values


def _plain_value(value: t.Any) -> str:
    return str(value.isoformat() if hasattr(value, "isoformat") else value)


def check_shape(plugin: str, spec: Spec, args: Args, guards: t.Iterable[str] = (), *, type: str = "module") -> None:
    """Raise OptionError for options that the plugin does not have, or that ansible-core's validation stumbles over.

    plugin, type: its full name, and what C(ansible-doc) calls its kind.
    spec, guards: its C(ARGUMENT_SPEC) and C(GUARDS).
    args: the options as they were given.
    """
    unknown = list(unknown_options(spec, args))
    if unknown:
        named = ", ".join(f"{path} (nearest: {', '.join(near)})" if near else path for path, near in unknown)
        documentation = f"ansible-doc {plugin}" if type == "module" else f"ansible-doc -t {type} {plugin}"
        raise OptionError(unknown[0][0], f"{plugin} has no option {named}; '{documentation}' lists those it has.")
    check_guards(guards, args)


def refusal(message: str, args: Args) -> OptionError:
    """Return the error that a sentence of ansible-core's validation tells, with the option where it names one.

    args: the options as they were given; none of their values is repeated that may be a secret in the wrong option.
    """
    found = _NAMED.search(message) or _MISSING.search(message)
    within = _WITHIN.search(message)
    option = None
    if found:
        option = ".".join([*(within.group(1).split(" -> ") if within else []), next(filter(None, found.groups()))])
    # Once: after an empty value the rest of the sentence would be taken for another.
    message = _CHOICE.sub(
        lambda got: hinted(got.group()) if may_be_secret(got.group()) else got.group(), message, count=1
    )
    return OptionError(option, without_values(message, args))


def unknown_options(spec: Spec, args: Args, within: str = "") -> t.Iterator[tuple[str, list[str]]]:
    """Yield each option that does not exist, with the names of those that are spelled alike.

    Raises OptionError for an option that is no dictionary, or no list of them, where suboptions are expected, because
    ansible-core's validation stumbles over such a value with an error that does not name the option; and for a text
    that would become an integer as C(check_numbers) refuses it.
    """
    for option in sorted(map(str, args)):
        if option not in spec:
            near = difflib.get_close_matches(option, list(spec), _NEAREST)
            yield within + option, [within + name for name in near]
            continue
        value, entry = args[option], spec[option]
        if entry.get("type") == "int" and isinstance(value, str) and _is_long_number(value):
            raise _too_long(within + option)
        if "options" not in entry or value is None:
            continue
        for item, path in _dictionaries(entry, value, within + option):
            yield from unknown_options(entry["options"], item, f"{path}.")


def as_meant(spec: Spec, args: Args) -> dict[str, t.Any]:
    """Return options as who wrote them meant them, which ansible-core's templates and validation do not tell.

    A suboption that is null counts as left out, as a null option does; the validation takes it for a value, and refuses
    it where there are choices. A secret that is a JSON text, such as a JWK, is made a dictionary by the templates of
    ansible-core 2.16 to 2.18; it becomes a text again before the validation writes it as Python does.
    """
    return {name: _within(spec[name], value) if name in spec else value for name, value in args.items()}


def _within(entry: Spec, value: t.Any) -> t.Any:
    if entry.get("no_log") and entry.get("type", "str") == "str" and isinstance(value, dict):
        return json.dumps(value)
    if "options" not in entry:
        return value
    if isinstance(value, list):
        return [_within(entry, item) for item in value]
    if not isinstance(value, dict):
        return value
    return as_meant(entry["options"], {name: item for name, item in value.items() if item is not None})


def check_guards(guards: t.Iterable[str], args: Args) -> None:
    """Raise OptionError for a guard, or a condition of one, that is null.

    guards: options that keep a task from doing harm. ansible-core's validation takes null for an option that was left
        out, and a variable that came out empty must not take a guard away.
    """
    for option in guards:
        value = args.get(option)
        nulls = [f"{option}.{key}" for key, item in value.items() if item is None] if isinstance(value, dict) else []
        for name in [option] if option in args and value is None else nulls:
            raise OptionError(
                name, f"{name} must not be null; a guard that is named must hold, so leave it out to have none."
            )


def check_numbers(value: t.Any, name: str = "") -> None:
    """Raise OptionError for a number that JSON or a sentence cannot hold.

    ansible-core's validation stumbles over the first, and Python writes no integer of thousands of digits.
    """
    if isinstance(value, float) and not math.isfinite(value):
        raise OptionError(name, f"{name} must be a finite number, not {value}.")
    if isinstance(value, int) and abs(value) >= 10**_MOST_DIGITS:
        raise _too_long(name)
    if isinstance(value, dict):
        parts = [(item, f"{name}.{key}" if name else str(key)) for key, item in value.items()]
    else:
        parts = [(item, f"{name}[{index}]") for index, item in enumerate(value)] if isinstance(value, list) else []
    for item, path in parts:
        check_numbers(item, path)


def _is_long_number(text: str) -> bool:
    # As ansible-core reads an integer since 2.18, an exponent and infinity included.
    try:
        number = decimal.Decimal(text)
    except decimal.DecimalException:
        return False
    return number.is_infinite() or (number.is_finite() and number.adjusted() >= _MOST_DIGITS)


def _too_long(name: str) -> OptionError:
    return OptionError(name, f"{name} must be a number of at most {_MOST_DIGITS} digits.")


def _dictionaries(entry: Spec, value: t.Any, name: str) -> t.Iterator[tuple[dict[str, t.Any], str]]:
    """Yield each dictionary of an option with suboptions, and its path. Raises OptionError for what is none."""
    is_list = entry["type"] == "list"
    if is_list and not isinstance(value, list):
        raise OptionError(name, f"{name} must be a list of dictionaries.")
    for item, path in [(item, f"{name}[{index}]") for index, item in enumerate(value)] if is_list else [(value, name)]:
        try:
            dictionary = check_type_dict(item)
        except TypeError:
            raise OptionError(
                name, f"{name} must be {'a list of dictionaries' if is_list else 'a dictionary'}."
            ) from None
        yield dictionary, path
