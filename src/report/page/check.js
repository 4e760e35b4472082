// SPDX-License-Identifier: MIT
// The page of a check: its outcome and what the exit code means, then every gate: what was lost or
// gained against what is tolerated, and how small a loss it would have found.
(function () {
	const { kit } = ringside;
	const ROW = 34;
	const MOST = 3; // thresholds to either side; what lies beyond is at the edge, as an arrow

	const meanings = {
		0: "Exit code 0: nothing that is gated got worse.",
		1: "Exit code 1: a loss beyond its threshold is shown.",
		2: "Exit code 2: the request is wrong.",
		3: "Exit code 3: neither a pass nor a regression is shown. More trials, or a quieter machine, would tell.",
		4: "Exit code 4: what was measured cannot be compared with this baseline, or not on this machine.",
		5: "Exit code 5: the run went wrong, so there is nothing to judge.",
	};

	function meaningOf(code) {
		return meanings[code] || (code >= 128
			? `Exit code ${code}: signal ${code - 128} ended it early.` : `Exit code ${code}.`);
	}

	const states = { pass: ["✓", "good"], improved: ["▲", "good"], regression: ["▼", "bad"],
		inconclusive: ["?", "warn"], skipped: ["–", "dim"], incomparable: ["≠", "warn"],
		error: ["✕", "bad"], interrupted: ["–", "warn"] };

	const stateOf = (outcome) => states[outcome] || ["", ""];

	// A row about the job as a whole: it cannot be judged.
	const isWhole = (gate) => gate.name === gate.arm;

	// What the gate tolerates, in the unit of its change; null: nothing that can be drawn. Changes of
	// ratios are fractions; others are in the metric's unit, and so is a share of what was before.
	function toleranceOf(gate) {
		const isRatio = gate.kind !== "exact" && ringside.comparison.metric(gate.metric).isRatio;

		if (gate.kind === "asserted" || kit.known(gate.threshold) === null)
			return null;
		return (isRatio ? gate.threshold : Math.max(gate.threshold_absolute,
			gate.threshold * Math.abs(kit.known(gate.before) || 0))) || null;
	}

	// Whether the session finds a loss as large as the limit; null: it judged none of the kind.
	function isSeeing(gate) {
		if (!["pass", "improved", "regression", "inconclusive"].includes(gate.outcome)
			|| gate.kind === "asserted" || isWhole(gate))
			return null;
		return gate.kind === "exact" || (kit.known(gate.smallest_loss) !== null
			&& toleranceOf(gate) !== null && gate.smallest_loss <= toleranceOf(gate));
	}

	// Gains are above 0, in units of what is tolerated; a threshold is at -1.
	function placeOf(gate, value) {
		const tolerance = toleranceOf(gate);

		if (kit.known(value) === null || tolerance === null)
			return null;
		return value / tolerance * (gate.better === "lower" ? -1 : 1);
	}

	const clamped = (place) => Math.max(-MOST, Math.min(MOST, place));

	function putGround(svg, x, box) {
		const texts = [[-1, "limit"], [0, "no change"]];

		svg.append("rect").attr("class", "forbidden").attr("x", x(-MOST)).attr("y", box.top)
			.attr("width", x(-1) - x(-MOST)).attr("height", box.bottom - box.top);
		for (const [place, name] of texts) {
			svg.append("line").attr("class", place ? "limit" : "zero").attr("x1", x(place))
				.attr("x2", x(place)).attr("y1", box.top - 4).attr("y2", box.bottom);
			svg.append("text").attr("class", "dim").attr("x", x(place)).attr("y", box.top - 9)
				.attr("text-anchor", "middle").text(name);
		}
		svg.append("text").attr("class", "dim").attr("x", box.left).attr("y", box.bottom + 18)
			.text("← worse");
		svg.append("text").attr("class", "dim").attr("x", box.right).attr("y", box.bottom + 18)
			.attr("text-anchor", "end").text("better →");
	}

	function putGate(svg, gate, index, x, y) {
		const [sign, state] = stateOf(gate.outcome);
		const now = placeOf(gate, gate.change);
		const ends = [placeOf(gate, gate.change_lo), placeOf(gate, gate.change_hi)]
			.filter((place) => place !== null).sort(d3.ascending);
		const sees = kit.known(gate.smallest_loss) === null || toleranceOf(gate) === null ? null
			: -gate.smallest_loss / toleranceOf(gate);
		const group = svg.append("g").attr("class", `gate ${state}`);

		if (now === null)
			return group;
		if (ends.length === 2)
			group.append("line").attr("class", "interval").attr("y1", y).attr("y2", y)
				.attr("x1", x(clamped(ends[0]))).attr("x2", x(clamped(ends[1])));
		if (sees !== null)
			group.append("path").attr("class", "sees")
				.attr("d", `M${x(clamped(sees))},${y - 9}v18m4,-18h-4m4,18h-4`);
		group.append("path").attr("class", "place").attr("d", Math.abs(now) <= MOST
			? kit.shape(0, 90) : now < 0 ? "M-7,0L4,-6V6Z" : "M7,0L-4,-6V6Z")
			.attr("transform", `translate(${x(clamped(now))},${y})`);
		group.append("title").text(`${gate.name}: ${gate.outcome} ${sign}`);
		return group;
	}

	function drawGates(svg, width, gates, texts) {
		const isWide = width > 640;
		const longest = d3.max(gates, (gate) => gate.name.length);
		const box = { left: Math.min(width * 0.4, longest * 7 + 34),
			right: width - (isWide ? 210 : 12), top: 32, bottom: 32 + gates.length * ROW };
		const x = d3.scaleLinear().domain([-MOST, MOST]).range([box.left + 14, box.right - 10]);

		putGround(svg, x, box);
		gates.forEach(function (gate, i) {
			const y = box.top + (i + 0.5) * ROW;
			const [sign, state] = stateOf(gate.outcome);
			const text = texts[i];

			svg.append("text").attr("class", `sign ${state}`).attr("x", 8).attr("y", y + 5)
				.attr("text-anchor", "middle").text(sign);
			kit.fit(svg.append("text").attr("x", 20).attr("y", y + 4).text(gate.name), box.left - 30);
			putGate(svg, gate, i, x, y);
			if (placeOf(gate, gate.change) === null)
				svg.append("text").attr("class", "dim halo").attr("x", x(0)).attr("y", y + 4)
					.attr("text-anchor", "middle").text(text.now && text.limit
						? `${text.now}, limit ${text.limit}` : gate.reason || "not judged");
			if (isWide)
				svg.append("text").attr("x", width).attr("y", y + 4).attr("text-anchor", "end")
					.text(gate.kind === "asserted" || !text.change ? gate.outcome
						: `${text.change}, limit ${text.limit}: ${gate.outcome}`);
		});
		return box.bottom + 30;
	}

	// The gate's cells as the text output has them; without its words, the numbers as they are.
	function textsOf(doc) {
		const shown = (value) => (kit.known(value) === null ? "" : kit.format.number(value));

		return doc.json.gates.map((gate, i) => (doc.words && doc.words.gates[i]) || {
			before: shown(gate.before), now: shown(gate.now), change: shown(gate.change),
			bounds: kit.known(gate.change_lo) === null ? ""
				: `[${shown(gate.change_lo)}, ${shown(gate.change_hi)}]`,
			limit: shown(gate.threshold), sees: shown(gate.smallest_loss) });
	}

	function cell(name, key, texts) {
		const values = { before: "before", now: "now", change: "change", sees: "smallest_loss" };

		return { name, path: (row) => (key === "before" || key === "now" ? `gates.${row.at}.${key}` : null),
			value: (row) => (values[key] ? row.gate[values[key]] : texts[row.at][key]),
			show: (row) => texts[row.at][key] };
	}

	function tableOfGates(doc, texts) {
		const rows = doc.json.gates.map((gate, at) => ({ gate, at }));
		const text = (name, value) => ({ name, text: true, value });

		return kit.table([
			text("Gate", (row) => row.gate.name),
			text("Kind", (row) => (isWhole(row.gate) ? "" : row.gate.anchor ? "anchor" : row.gate.kind)),
			cell("Before", "before", texts), cell("Now", "now", texts),
			cell("Change", "change", texts), cell("Bounds", "bounds", texts),
			cell("Limit", "limit", texts), cell("Sees", "sees", texts),
			text("Outcome", (row) => `${stateOf(row.gate.outcome)[0]} ${row.gate.outcome}`),
			text("Why", (row) => row.gate.reason || (row.gate.small_loss
				? "a loss is shown, but within the threshold" : "")),
		], rows, "Gates: what they were, what they are, and what would have been found");
	}

	function tableOfNumbers(doc) {
		const keys = ["name", "metric", "unit", "better", "kind", "outcome", "threshold",
			"threshold_absolute", "before", "now", "change", "change_lo", "change_hi", "p_worse",
			"smallest_loss", "before_count", "now_count", "limit"];

		return kit.table(keys.map((key) => ({ name: key.replaceAll("_", " "),
			text: typeof (doc.json.gates[0] || {})[key] === "string",
			value: (gate) => (gate[key] === undefined ? null : gate[key]),
			path: (gate) => (gate[key] === undefined ? null : `gates.${doc.json.gates.indexOf(gate)}.${key}`),
			format: kit.format.exact })), doc.json.gates, "Every gate, as in the JSON");
	}

	function drawOutcome(root, doc) {
		const { json, words } = doc;
		const [sign, state] = stateOf(json.verdict);
		const worst = json.gates.filter((gate) => gate.outcome === "regression");
		const open = json.gates.filter((gate) => gate.outcome === "inconclusive");
		const judged = json.gates.filter((gate) => isSeeing(gate) !== null);
		const blind = judged.filter((gate) => !isSeeing(gate));
		const list = (gates) => gates.slice(0, 4).map((gate) => gate.name).join(", ")
			+ (gates.length > 4 ? ` and ${gates.length - 4} more` : "");

		root.append(kit.el("p", { class: "lead" }, words ? words.title : json.job));
		kit.tiles(root, [
			{ name: "Outcome", value: `${sign} ${json.verdict}`, state,
				note: `${words ? `${words.counts}. ` : ""}${meaningOf(json.exit_code)}` },
			worst.length ? { name: "Worse", value: `${worst.length} of ${json.gates.length} gates`,
				note: list(worst), state: "bad" } : null,
			open.length ? { name: "Open", value: `${open.length} of ${json.gates.length} gates`,
				note: list(open), state: "warn" } : null,
			judged.length ? { name: "What it can see", state: blind.length ? "warn" : "good",
				value: blind.length ? `not all: ${blind.length} of ${judged.length} gates`
					: "every loss as large as its limit",
				note: blind.length ? `can miss a loss as large as their limit: ${list(blind)}`
					: "in 95 of 100 cases" } : null,
		]);
		if (words)
			kit.sentences(root, words.notes);
		else
			kit.sentences(root, json.notes);
	}

	function drawChanges(root, doc) {
		const { json } = doc;

		for (const [changes, title] of [[json.changes_hard, "Facts that make it another machine"],
			[json.changes_soft, "Facts that may explain a difference"]])
			if (changes.length)
				kit.details(root, `${title} (${changes.length})`, () => kit.table([
					{ name: "Fact", text: true, value: (change) => change.key },
					{ name: "Before", text: true, value: (change) => change.before },
					{ name: "Now", text: true, value: (change) => change.now },
					{ name: "Allowed", text: true, value: (change) => (change.allowed ? "yes" : "") },
				], changes, title));
	}

	function draw(root, doc) {
		const texts = textsOf(doc);
		const drawn = doc.json.gates.filter((gate) => !isWhole(gate));

		drawOutcome(root, doc);
		if (drawn.length) {
			kit.picture(kit.section(root, "Gates"), {
				title: "What changed, against what is tolerated",
				note: "A dot is the change since the baseline, the line its bounds, in units of the gate's own limit: a loss that is shown is a regression from half of the limit on. The bracket is what the gate sees: the smallest loss that it finds in 95 of 100 cases. Where that lies in the shaded part, a loss as large as the limit can stay unseen.",
				draw: (svg, width) => drawGates(svg, width, drawn,
					drawn.map((gate) => texts[doc.json.gates.indexOf(gate)])),
				table: () => tableOfNumbers(doc),
			});
		}
		if (doc.json.gates.length)
			root.append(tableOfGates(doc, texts));
		drawChanges(root, doc);
		if (doc.json.today)
			kit.details(root, "This session", () => kit.facts({ ringside: doc.json.tool,
				baseline: doc.json.baseline, baseline_sessions: doc.json.baseline_sessions,
				policy: doc.json.policy, ...doc.json.today }, "Today's session"));
		kit.about(root, doc);
	}

	ringside.page("ringside-check", draw);
})();
