"""A scenario's lines in words: what happens, and what the channels then see."""

import itertools

DELTAS = {"sale": "sale of {}", "return": "{} returned", "receipt": "delivery of {}",
          "adjustment": "adjustment of {}", "to-shelf": "{} brought from the back room to the shelf"}
DAEMON = {"starts": "the daemon starts", "stops": "the daemon is stopped",
          "dies": "the daemon is killed", "loses-disk": "the daemon is killed and its disk is lost",
          "starts-accepting-loss": "the daemon starts with `--accept-loss`"}
MANY = 6
WEEKDAYS = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")


def joined(words):
    return ", ".join(words)


def items(pairs):
    """`milk=3` -> "3 milk"; many in a row of which there are as many are told by the first and last."""
    said = []
    for units, run in itertools.groupby(pairs, key=lambda pair: pair[1]):
        skus = [sku for sku, _ in run]
        units = units.replace("-", "−")
        if len(skus) > MANY:
            said.append(f"{units} each of {skus[0]} to {skus[-1]}")
        else:
            said += [f"{units} {sku}" for sku in skus]
    return joined(said)


class Words:
    """The words of one scenario: stores are named only where there are several."""

    def __init__(self, scenario):
        self.stores = {row.script.split()[1] for row in scenario.rows
                       if row.script.startswith("store ")}

    # What happens.

    def source(self, place):
        store, _, name = place.partition("/")
        return f"`{name}`" if len(self.stores) < 2 else f"store {store}, `{name}`"

    def given(self, script):
        """A line of reference data."""
        verb, name, *words = script.split()
        if verb == "item":
            return f"item {name}" + self.item_words(words)
        if verb == "store":
            return f"store {name}" + self.store_words(words)
        if verb == "listing":
            carries = "does not carry" if "delisted" in words else "carries"
            channels = [word.partition("=")[2] for word in words if word.startswith("channel=")]
            where = f" for {joined(channels)}" if channels else ""
            return f"store {name} {carries} {words[0]}{where}"
        if verb == "stop":
            return self.stop(name, words)
        return f"{name.replace('/', ' ', 1)} is no longer known"

    def item_words(self, words):
        said = []
        for name, _, text in (word.partition("=") for word in words):
            if name == "blocked":
                said.append(f"blocked for {text}")
            elif name.startswith("id:"):
                said.append(f"{name[3:]} calls it {text}")
            elif name == "category":
                said.append(" › ".join(text.split(">")))
            elif name == "step":
                said.append(f"sold in steps of {int(text) / 1000:g}")
        return f" ({joined(said)})" if said else ""

    def store_words(self, words):
        said = []
        for name, _, text in (word.partition("=") for word in words):
            required = " that is waited for" if text.endswith("!") else ""
            if text.strip("!") in ("book", "early", "evidence"):
                role = {"book": "book", "early": "early source", "evidence": "evidence"}
                said.append(f"{role[text.strip('!')]} `{name}`{required}")
            elif name.startswith("open"):
                day = WEEKDAYS[int(name[5:]) - 1] + " " if ":" in name else ""
                said.append(f"open {day}{text}")
            elif name == "special":
                day, _, hours = text.partition(":")
                said.append(f"on {day} {hours}")
            elif name == "service":
                way, _, minutes = text.partition(":")
                said.append(f"offers {way.replace('_', ' ')}" +
                            (f" in {minutes} minutes" if minutes else ""))
            elif name == "zone":
                said.append(f"by the clock of {text.partition('/')[2] or text}")
            else:
                said.append(name.replace("-", " ") + (f" {text}" if text else ""))
        return ": " + joined(said) if said else ""

    def stop(self, name, words):
        facts = dict(word.partition("=")[::2] for word in words)
        if "lifted" in facts:
            return f"stop-sale {name} is lifted"
        what = facts.get("sku", "everything")
        where = "".join(f" {preposition} {facts[key]}" for key, preposition in
                        (("store", "in store"), ("channel", "on"), ("until", "until"))
                        if key in facts)
        return f"stop-sale {name}: {what}{where}"

    def happens(self, script):
        """A line that is no tick."""
        words = script.split()
        if words[0] == "skip":
            return f"the next document of {self.source(words[1])} is lost on its way"
        if words[0] == "keep":
            return f"*on its way, {words[1].replace('-', ' ')}:*"
        if words[0] == "deliver":
            return f"*{words[1].replace('-', ' ')}* arrives"
        if words[0] == "restart":
            return f"{self.source(words[1])} starts over with a new epoch"
        if words[0] == "again":
            return "the same once more"
        if not words[0][0].isdigit():
            return self.given(script)
        return self.timed(*words)

    def timed(self, time, verb, where, *rest):
        if verb == "daemon":
            return DAEMON[where]
        if verb == "predecessor":
            key, _, number = where.partition("=")
            return f"a stalled predecessor wakes up and writes {self.key(key)} {number}"
        if verb == "ask":
            return f"somebody asks for {where.partition('/')[2]}"
        if verb in ("release-list", "drop-list"):
            word = "is right" if verb == "release-list" else "is not whole: dropped"
            return f"an operator: list {rest[0]} {word}"
        return f"{self.source(where)}: " + self.document(time, verb, rest)

    def document(self, time, verb, rest):
        facts = dict(word.partition("=")[::2] for word in rest if "=" in word)
        names = [word for word in rest if "=" not in word]
        told = ("through", "lines", "settles", "closes", "for", "until", "due", "channel")
        pairs = [(name, text) for name, text in facts.items() if name not in told]
        text = self.body(time, verb, names, pairs, facts)
        if "settles" in facts:
            part = " in part" if "part" in names else ""
            text += f", settles {facts['settles']}{part}"
        if "closes" in facts:
            text += f", closes {facts['closes']}"
        through = facts.get("through")
        if through == "none":
            return text + ", no promise"
        return text + (f", complete through {through}" if through else "")

    def body(self, time, verb, names, pairs, facts):
        if verb == "claim":
            return f"complete through {time}"
        if verb == "list":
            said = f" that claims {facts['lines']} lines" if "lines" in facts else ""
            own = "" if "through" in facts else f", complete through {time}"
            return f"full list{said}: {items(pairs)}{own}"
        if verb == "begin":
            return f"list {names[0]} begins"
        if verb == "part":
            return f"part of list {names[0]}: {items(pairs)}"
        if verb == "end":
            return f"list {names[0]} ends, {facts.get('lines', 0)} lines"
        if verb in ("count", "shelf-count"):
            return f"counted {items(pairs)}" + (", on the shelf alone" if verb != "count" else "")
        if verb == "pick":
            found = joined(f"{text.replace('/', ' of ')} {sku}" for sku, text in pairs)
            return f"picker found {found}" + (f" for {facts['for']}" if "for" in facts else "")
        if verb == "reserve":
            channel = f" for {facts['channel']}" if "channel" in facts else ""
            until = f" until {facts['until']}" if "until" in facts else ""
            return f"{names[0]}{channel} reserves {items(pairs)}{until}"
        if verb == "release":
            return f"{names[0]} is released"
        if verb == "expect":
            due = f", due {facts['due']}" if "due" in facts else ""
            return f"{names[0]} is to bring {items(pairs) or 'nothing any more'}{due}"
        return DELTAS[verb].format(items(pairs))

    # What is said.

    def key(self, key):
        channel, store, sku = key.split("/")
        where = channel if len(self.stores) < 2 else f"{channel} at {store}"
        return f"{where}: {sku}"

    def said(self, text):
        words = text.split()
        time = ""
        if words[0].count(":") == 2 and words[0][0].isdigit():
            time, words = words[0] + " ", words[1:]
        return time + self.saying(words)

    def saying(self, words):
        if words[0] == "request":
            return "*asks " + self.request(words[1], words[2], words[3:]) + "*"
        if words[0] == "reject":
            return f"*refused:* `{words[1]}`"
        if words[0] in ("frozen", "free"):
            return f"*{words[1].partition('/')[0]} is told that the store is {words[0]}*"
        if words[0] == "beacon":
            frozen = ", frozen" if words[-1] == "frozen" else ""
            return f"*beacon: known through {words[3]}{frozen}*"
        if words[0] == "services":
            return f"*{words[1].partition('/')[0]} is told that an order is ready: {' '.join(words[2:])}*"
        if words[0].count("/") == 2:
            return self.number(words)
        return " ".join(words)

    def number(self, words):
        text = f"{self.key(words[0])} **{words[1]}**"
        rest = words[2:]
        if rest and rest[0] == "limited":
            text += ", few left"
            rest = rest[1:]
        if not rest:
            return text
        base, withheld = rest[1], rest[2:]
        parts = [f" − {withheld[i + 1]} {withheld[i + 2].replace('_', ' ')}"
                 for i in range(0, len(withheld), 3)]
        return text + f" = {base}{''.join(parts)}" if parts else text

    def request(self, kind, place, rest):
        who = self.source(place)
        if kind == "count":
            return f"{who} to count {joined(rest)}"
        if kind == "snapshot":
            epoch = f", under an epoch of at least {rest[-1]}" if rest else ""
            return f"{who} for a full list{epoch}"
        first, _, last = rest[0].partition("-")
        which = f"document {first}" if first == last else f"documents {first} to {last}"
        return f"{who} for {which} again"
