"""The checks of tools/demo.d find what they are there to find, and their sums are right by hand."""

import json
import pathlib
import sqlite3
import subprocess
import tempfile
import unittest

SQL = pathlib.Path(__file__).resolve().parents[2] / "tools/demo.d"

SALES = """store_id,basket_id,product_id,quantity,sales_value,transaction_timestamp
12,1,100,2,1.00,2017-03-06 00:00:16
12,1,200,1,1.00,2017-03-06 00:00:16
30,2,300,1500,1.00,2017-03-07 10:00:00
30,2,100,0,0.00,2017-03-07 10:00:00
7,3,999,1,1.00,2017-03-08 12:00:00
7,4,100,9,1.00,2017-03-09 12:00:00
"""
PRODUCTS = """product_id,manufacturer_id,department,brand,product_category,product_type,package_size
100,1,GROCERY,National,BREAD,WHITE BREAD,
200,1,PRODUCE,National,FRUIT,APPLES,
300,1,FUEL,Private,COUPON/MISC ITEMS,GASOLINE-REG UNLEADED,
"""
OPENING = """store_id,product_id,on_hand
12,100,12
12,200,7
30,100,20
30,300,11501
7,100,4
7,999,3
"""
AGENT = {"rows read": 6, "zero quantity, skipped": 1, "rejected rows": 0, "lines sent": 5,
         "lines in thousandths": 1}


class Demo:
    """A work folder of tools/demo in which every program told the truth, unless told otherwise."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        for name, text in (("sales", SALES), ("products", PRODUCTS), ("opening_stock", OPENING)):
            (self.folder / f"{name}.csv").write_text(text)
        for name in ("import", "model", "rules", "expected", "exports"):
            self.run(name)
        self.before = self.expected_keys()
        for name in ("rules-next", "expected"):
            self.run(name)
        self.keys = self.expected_keys()
        # As rules diff says: in units.
        self.changes = {key: [before["sellable"] * before["step"] / 1000,
                              self.keys[key]["sellable"] * before["step"] / 1000]
                        for key, before in self.before.items()
                        if any(before[part] != self.keys[key][part] for part in ("sellable", "status"))}
        with sqlite3.connect(self.folder / "demo.db") as database:
            self.positions = {(store, sku): milli for store, sku, milli in database.execute(
                "select store, sku, on_hand_milli from expected_position")}
        self.agent = dict(AGENT)
        self.rejects = []
        self.told = {key: [k["sellable"], k["status"], 1] for key, k in self.keys.items()}
        # By key: base, what the seven stages withhold, sellable.
        self.explained = {key: [k["base"], [0, 0, 0, k["safety"], 0, k["limits"], 0], k["sellable"]]
                          for key, k in self.keys.items()}
        # Each key twice, as one partition's log: (offset, key, record).
        self.records = []
        for last in (False, True):
            for key, k in self.keys.items():
                record = self.record(key, k["sellable"] if last else k["sellable"] + 1)
                self.records.append([len(self.records), key, record])

    def expected_keys(self):
        with sqlite3.connect(self.folder / "demo.db") as database:
            return {row[0]: dict(zip(("sellable", "step", "status", "base", "safety", "limits"),
                                     row[1:]))
                    for row in database.execute(
                        "select key, sellable, step_milli, status, base, safety_stock, limits"
                        " from expected_key")}

    def record(self, key, sellable):
        k = self.keys[key]
        withheld = k["base"] - sellable * k["step"]
        record = {"version": str((1 << 40) + len(self.records)),
                  "status": "AVAILABILITY_STATUS_" + k["status"].upper(), "stepMilli": str(k["step"]),
                  "trace": {"baseMilli": str(k["base"]),
                            "withheld": [{"stage": "limits", "quantityMilli": str(withheld)}]}}
        # As canonical JSON does.
        return record if sellable == 0 else record | {"sellable": str(sellable)}

    def explanation(self, key, base, stages, sellable):
        k = self.keys[key]
        return ",".join(map(str, key.split("/") + [k["step"], base] + stages + [
            sellable, k["status"], "", sellable, k["status"], 1]))

    def last(self, key):
        return [entry for entry in self.records if entry[1] == key][-1]

    def run(self, name):
        subprocess.run(["sqlite3", "-batch", "demo.db"], cwd=self.folder, check=True, text=True,
                       capture_output=True, input=(SQL / f"{name}.sql").read_text())

    def run_with(self, parameters, name):
        """The rows of NAME.sql, with sqlite3's parameters set."""
        script = "".join(f".parameter set :{key} {value}\n" for key, value in parameters.items())
        done = subprocess.run(["sqlite3", "-batch", "demo.db"], cwd=self.folder, check=True, text=True,
                              capture_output=True, input=f"{script}.read {SQL / name}.sql\n")
        return [line.split("|") for line in done.stdout.splitlines()]

    def write(self, name, lines):
        (self.folder / name).write_text("".join(line + "\n" for line in lines))

    def check(self):
        """What differs: check name -> count."""
        self.write("positions.csv", ["store,sku,on_hand_milli"] + [
            f"{store},{sku},{milli}" for (store, sku), milli in self.positions.items()])
        self.write("channels.csv", ["channel,store,sku,sellable,status,published"] + [
            ",".join(map(str, key.split("/") + told)) for key, told in self.told.items()])
        self.write("explanations.csv", [
            "channel,store,sku,step_milli,base_milli,eligibility,sync_lag,presence,safety_stock,"
            "allocation,limits,steady,sellable,status,ineligible,last_sellable,last_status,published"]
            + [self.explanation(key, *parts) for key, parts in self.explained.items()])
        self.write("changes.csv", [
            "channel,store,sku,before,after,unit,stage,rule_before,rule_after"] + [
            ",".join(map(str, key.split("/") + change + ["H87", "limits", "a:1", "b:2"]))
            for key, change in self.changes.items()])
        self.write("topic.tsv", [f"0\t{offset}\t{key}\t{json.dumps(record)}"
                                 for offset, key, record in self.records])
        self.write("agent-counts.tsv", [f"{name}\t{n}" for name, n in self.agent.items()])
        self.write("rejects.tsv", self.rejects)
        for name in ("observed", "compare", "changes", "report"):
            self.run(name)
        with sqlite3.connect(self.folder / "demo.db") as database:
            return {name: differ for name, differ in database.execute(
                "select check_name, differ from verdict where differ <> 0")}


class DemoSqlTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.demo = Demo(folder.name)

    def test_on_hand_is_opening_stock_less_what_was_sold(self):
        self.assertEqual({("12", "100"): 10000, ("12", "200"): 6000, ("30", "100"): 20000,
                          ("30", "300"): 10001, ("7", "100"): -5000, ("7", "999"): 2000},
                         self.demo.positions)

    def test_what_channels_offer_is_as_the_rules_say(self):
        offered = {key: (k["sellable"], k["status"]) for key, k in self.demo.before.items()}
        self.assertEqual({
            # Store 12: north, courier. 10 breads: -1; -15 %; -20 % and at most 5 in the north.
            "own-site/12/100": (9, "in_stock"), "market/12/100": (8, "in_stock"),
            "express-app/12/100": (5, "in_stock"),
            # 6 apples: -25 % is 4.5; -1; half, and the department's cap before the region's.
            "own-site/12/200": (4, "in_stock"), "market/12/200": (5, "in_stock"),
            "express-app/12/200": (3, "limited"),
            # Store 30: pilot, south, courier. 20 breads: -1; -10 %; -20 %.
            "own-site/30/100": (19, "in_stock"), "market/30/100": (18, "in_stock"),
            "express-app/30/100": (16, "in_stock"),
            # 10.001 gallons by thousandths; what is held back is rounded up.
            "own-site/30/300": (8000, "in_stock"), "market/30/300": (9000, "in_stock"),
            "express-app/30/300": (8000, "in_stock"),
            # Store 7 hands nothing over and has no courier, and sold more than it had.
            "market/7/100": (0, "out_of_stock")}, offered)

    def test_other_rules_offer_other_numbers_of_the_same_keys(self):
        self.assertEqual(self.demo.before.keys(), self.demo.keys.keys())
        self.assertEqual({
            # 10 breads in the north: at most 8 in the van now. 6 apples: -15 % is 5.1; -20 % is 4.8;
            # -40 % is 3.6.
            "express-app/12/100": [5, 8], "own-site/12/200": [4, 5], "market/12/200": [5, 4]},
            self.demo.changes)

    def test_the_last_receipts_arrive_live_and_all_others_are_history_each_row_once(self):
        self.demo.run_with({"live_receipts": 3, "receipts_a_second": 2}, "live")
        parts = self.demo.run_with({"part_count": 8}, "parts")
        history = {row for part in parts for row in range(int(part[1]), int(part[2]) + 1)}
        self.assertEqual({1, 2}, history)
        live = (self.demo.folder / "live.csv").read_text().splitlines()
        self.assertEqual("store_id,basket_id,product_id,quantity,transaction_timestamp", live[0])
        self.assertEqual(["30,2,300,1500", "30,2,100,0", "7,3,999,1", "7,4,100,9"],
                         [line.rsplit(",", 1)[0] for line in live[1:]])
        # Two receipts a second: a receipt's rows have one time, and times do not go back.
        self.assertEqual(["00", "00", "00", "01"], [line.strip('"')[-2:] for line in live[1:]])
        seconds = (self.demo.folder / "live-seconds").read_text().splitlines()
        self.assertEqual(["0 1 3 2", "1 4 4 1"], seconds)

    def test_the_newest_row_of_history_becomes_now(self):
        self.demo.run_with({"live_receipts": 3, "receipts_a_second": 2}, "live")
        with sqlite3.connect(self.demo.folder / "demo.db") as database:
            (newest_s, now_s), = database.execute(
                "select (select max(time_s) from sale where row <= last_row) + shift_s, "
                "strftime('%s', 'now') + 0 from clock")
        self.assertAlmostEqual(now_s, newest_s, delta=60)

    def test_nothing_differs_when_all_is_true(self):
        self.assertEqual({}, self.demo.check())

    def test_a_wrong_position_is_found(self):
        self.demo.positions["12", "100"] += 1
        self.assertEqual({"on-hand of positions: CSV files = shelfctl": 1}, self.demo.check())

    def test_a_missing_and_a_surplus_position_are_found(self):
        del self.demo.positions["12", "100"]
        self.demo.positions["12", "101"] = 1000
        self.assertEqual({"on-hand of positions: CSV files = shelfctl": 2}, self.demo.check())

    def test_a_last_record_that_is_not_the_newest_state_is_found_by_all_that_look_at_it(self):
        self.demo.last("own-site/12/100")[2]["sellable"] = "8"
        self.assertEqual({"last records of own-site: topic = shelfctl": 1,
                          "explanations of own-site: stages add up to the topic": 1,
                          "last records of own-site: topic = CSV files and rules": 1},
                         self.demo.check())

    def test_what_daemon_and_shelfctl_agree_on_wrongly_is_found(self):
        self.demo.last("express-app/12/100")[2]["sellable"] = "7"
        self.demo.told["express-app/12/100"][0] = 7
        self.demo.explained["express-app/12/100"] = [10000, [0, 0, 0, 3000, 0, 0, 0], 7]
        self.assertEqual({"last records of express-app: topic = CSV files and rules": 1,
                          "explanations: each stage as the rules say": 1},
                         self.demo.check())

    def test_a_wrong_status_is_found(self):
        self.demo.told["own-site/12/100"][1] = "limited"
        self.assertEqual({"last records of own-site: topic = shelfctl": 1}, self.demo.check())

    def test_a_key_that_is_said_to_be_published_and_is_not_on_the_topic_is_found(self):
        self.demo.told["own-site/7/999"] = [0, "out_of_stock", 1]
        self.assertEqual({"last records of own-site: topic = shelfctl": 1}, self.demo.check())

    def test_a_key_that_was_never_published_needs_no_record(self):
        self.demo.told["own-site/7/999"] = [0, "out_of_stock", 0]
        self.assertEqual({}, self.demo.check())

    def test_a_record_of_a_key_that_should_not_be_there_is_found(self):
        record = self.demo.record("market/7/100", 0)
        self.demo.records.append([len(self.demo.records), "own-site/7/100", record])
        self.assertEqual({"last records of own-site: topic = shelfctl": 1,
                          "explanations of own-site: stages add up to the topic": 1,
                          "last records of own-site: topic = CSV files and rules": 1},
                         self.demo.check())

    def test_an_explanation_that_does_not_add_up_is_found(self):
        self.demo.explained["market/12/100"][0] += 1000
        self.demo.explained["market/12/200"][1][1] += 1
        self.assertEqual({"explanations of market: stages add up to the topic": 2,
                          "explanations: each stage as the rules say": 2}, self.demo.check())

    def test_an_explanation_that_names_another_stage_is_found(self):
        stages = self.demo.explained["express-app/12/100"][1]
        stages[3], stages[5] = stages[5], stages[3]
        self.assertEqual({"explanations: each stage as the rules say": 1}, self.demo.check())

    def test_a_key_that_is_not_explained_is_found(self):
        del self.demo.explained["own-site/12/100"]
        self.assertEqual({"explanations of own-site: stages add up to the topic": 1,
                          "explanations: each stage as the rules say": 1}, self.demo.check())

    def test_a_change_that_rules_diff_did_not_see_or_saw_otherwise_is_found(self):
        self.demo.changes["express-app/12/100"][1] = 7
        del self.demo.changes["own-site/12/200"]
        self.demo.changes["market/12/100"] = [8, 7]
        self.assertEqual({"rules diff: what would change = CSV files and both rules": 3},
                         self.demo.check())

    def test_a_version_that_does_not_rise_is_found(self):
        first = next(e for e in self.demo.records if e[1] == "own-site/12/100")
        self.demo.last("own-site/12/100")[2]["version"] = first[2]["version"]
        self.assertEqual({"versions of keys only rise": 1}, self.demo.check())

    def test_a_hole_in_what_was_followed_is_found(self):
        del self.demo.records[0]
        self.assertEqual({"partitions followed without a hole": 1}, self.demo.check())

    def test_a_trace_that_does_not_add_up_is_found(self):
        self.demo.last("market/12/100")[2]["trace"]["withheld"] = []
        del self.demo.last("market/12/200")[2]["trace"]
        self.assertEqual({"traces add up": 2}, self.demo.check())

    def test_rows_that_the_agent_counted_otherwise_are_found(self):
        self.demo.agent["zero quantity, skipped"] = 0
        self.assertEqual({"the agent counted the rows as the files do": 1}, self.demo.check())

    def test_an_event_that_was_rejected_is_found(self):
        self.demo.rejects.append("12\t0")
        self.assertEqual({"events that the daemon rejected: none": 1}, self.demo.check())

    def test_nothing_seen_is_not_nothing_wrong(self):
        self.demo.records, self.demo.told = [], {}
        differ = self.demo.check()
        self.assertIn("nothing to check in: versions of keys only rise", differ)
        self.assertIn("at least three channels were seen", differ)


if __name__ == "__main__":
    unittest.main()
