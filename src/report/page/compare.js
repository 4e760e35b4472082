// SPDX-License-Identifier: MIT
// The page of a comparison: its verdict in words, its pictures, and the tables beside them.
(function () {
	const { kit } = ringside;
	const pictures = ringside.comparison = {};
	const NOISY_SHARE = 0.2; // of the trials: more of them disturbed, and a session was not steady

	function mean(values) {
		const known = values.filter((value) => Number.isFinite(value));

		return known.length ? known.reduce((sum, value) => sum + value, 0) / known.length : null;
	}

	// A contender with its trials and verdicts, in the order of the table.
	function makeRow(view, index) {
		const contender = view.point.contenders[index];
		const verdict = view.verdicts
			&& view.verdicts.contenders.find((one) => one.contender === contender.name);
		const row = {
			index, contender, name: contender.name,
			isReference: index === view.point.reference && !view.point.own_references,
			isControl: contender.is_control,
			letters: verdict ? verdict.letters : null,
			trials: view.point.trials.filter((trial) => trial.contender === index),
			verdict: (key) => (verdict && verdict.metrics[key]) || null,
			// Where a part of a verdict stands in the document; null: there is none.
			path: (key, part) => (verdict && verdict.metrics[key] ? `points.${view.index}.verdicts.contenders.${
				view.verdicts.contenders.indexOf(verdict)}.metrics.${key}.${part}` : null),
		};
		const counted = row.trials.filter((trial) => trial.counts);

		// Without verdicts the strips need a middle all the same.
		row.level = (key) => {
			const own = row.verdict(key);

			return own ? own.level : mean(counted.map((trial) => trial.values[key]));
		};
		row.isDoubtful = counted.some((trial) => trial.mismatch);
		row.label = `${row.isDoubtful ? "! " : ""}${row.name}${row.isReference ? " (ref)" : ""}`;
		row.parts = pictures.parts.map(([, key]) => {
			const whole = mean(counted.map((trial) => trial.values.cpu_ns_per_io));
			const part = mean(counted.map((trial) => trial.values[key]));

			return whole > 0 && part !== null ? part / whole * row.level("cpu_ns_per_io") : null;
		});
		return row;
	}

	function isLadder(doc) {
		return doc.json.command.some((word) => word === "--ladder");
	}

	// A point as the pictures want it. `words`: what the text output says of it.
	function makeView(doc, point, words) {
		const view = { doc, point, words, index: doc.json.points.indexOf(point), procedure: doc.json.procedure, verdicts: point.verdicts };
		const ranking = view.verdicts ? view.verdicts.ranking : [];
		const place = (row) => {
			const at = ranking.indexOf(row.name);

			return row.isControl ? 1e9 : at < 0 ? 1e6 + row.index : at;
		};

		view.all = point.contenders.map((_, index) => makeRow(view, index));
		view.rows = view.all.filter((row) => row.trials.length > 0)
			.sort((a, b) => place(a) - place(b));
		view.reference = view.all.find((row) => row.isReference) || null;
		view.referenceName = view.reference ? view.reference.name : "the reference";
		view.primary = pictures.metric(point.primary);
		view.ladder = isLadder(doc) ? view.all.filter((row) => row.trials.length
			&& !row.isControl) : [];
		return view;
	}

	// A column of levels.
	function levels(name, key, format) {
		return { name, format, value: (row) => row.level(key), path: (row) => row.path(key, "level") };
	}

	// A column of a part of a metric's verdict.
	function parts(name, key, part, format) {
		return { name, format, value: (row) => row.verdict(key) && row.verdict(key)[part],
			path: (row) => row.path(key, part) };
	}

	function tileOfWinner(view) {
		const { claim, top } = view.words;
		const names = top.join(", ");
		const notes = {
			wins: `wins in ${view.primary.name}`,
			tied: `tied at the top in ${view.primary.name}: no difference was shown`,
			exploratory: `best ${view.primary.name}, exploratory: no claim`,
			none: `no claim in ${view.primary.name}: see below`,
			alone: "the only one that runs: nothing to compare it with",
			nothing: "no contender has figures",
		};

		return { name: "Which", value: claim === "none" || claim === "nothing" ? "no winner" : names,
			note: notes[claim], state: claim === "wins" ? "good" : claim === "tied" ? null : "warn" };
	}

	function tileOfLead(view) {
		const first = view.rows[0];
		const other = view.rows.find((row) => row !== first && !row.isControl);
		const shown = first && first.isReference ? other : first;
		const verdict = shown && shown.verdict(view.point.primary);

		if (!verdict || kit.known(verdict.effect) === null)
			return null;
		if (verdict.mark === "unresolved" && view.primary.isRatio)
			return { name: "By how much", value: "no difference is shown", state: "warn",
				note: `${shown.name}: ${pictures.difference(verdict, view.primary)} ${
					view.primary.name} against ${view.referenceName}` };
		return { name: "By how much", value: pictures.difference(verdict, view.primary)
			.replace(/ \[.*/, ""),
			note: `${shown.isReference || shown === first ? "" : `${shown.name}, `}${
				view.primary.name} against ${view.referenceName} ${
				pictures.isUnknown(verdict) ? "" : kit.bounds(verdict.lo, verdict.hi)}` };
	}

	function tileOfPrice(view) {
		const first = view.rows[0];
		const other = first && (first.isReference ? view.rows[1] : view.reference);
		const cost = first && kit.known(first.level("cpu_ns_per_io"));

		if (!first || cost === null)
			return null;
		return { name: "What it costs", value: `${kit.format.time(cost)} of CPU per I/O`,
			note: `${kit.format.number(first.level("cores"))} cores${other && !other.isControl
				? `; ${other.name}: ${kit.format.time(other.level("cpu_ns_per_io"))} and ${
					kit.format.number(other.level("cores"))} cores` : ""}` };
	}

	const conditions = { drifts: "drifted", "order-matters": "the order in blocks matters",
		remembers: "blocks are correlated", disturbed: "noisy machine",
		"ramp-is-short": "trials begin unlike they go on" };

	// As the text output has it: the control's interval, and its distance from 0 where that shows.
	const floorOf = pictures.floorOf = function (view) {
		const { control } = view.verdicts;
		const row = view.rows.find((one) => one.isControl);
		const verdict = row && row.verdict(view.point.primary);

		return verdict && (verdict.lo > 0 || verdict.hi < 0) ? control.floor : control.half_width;
	};

	function tileOfSteadiness(view) {
		const { control, health } = view.verdicts || {};
		const wrong = view.words.conditions.filter((name) => name !== "remembers");
		const counted = view.point.trials.filter((trial) => trial.counts);
		const disturbed = counted.filter((trial) => trial.causes.length > 0).length;
		const isNoisy = disturbed > NOISY_SHARE * counted.length;
		const notes = [];

		if (!health)
			return null;
		if (control && floorOf(view) !== null)
			notes.push(`noise floor ±${floorOf(view) > 1 ? "more than 100 %"
				: `${(100 * floorOf(view)).toFixed(1)} %`}`);
		notes.push(`${disturbed} of ${counted.length} trials disturbed${
			disturbed && view.point.rounds > 0 ? ", whose disturbed turns have little weight" : ""}`);
		if (health.repeated > 0)
			notes.push(`${health.repeated} run again`);
		if (kit.known(health.drift) !== null)
			notes.push(`drift ${kit.effect(Math.expm1(health.drift))}${
				health.drift_p < 0.01 || wrong.includes("drifts") ? "" : ", which may be chance"}`);
		return { name: "Was it steady", note: notes.join("; "),
			value: control && control.has_failed ? "no: the reference differs from itself"
				: wrong.length ? `no: ${wrong.map((name) => conditions[name]).join(", ")}`
				: isNoisy ? "partly: the machine was disturbed" : "yes",
			state: wrong.length || isNoisy || (control && control.has_failed) ? "warn" : "good" };
	}

	function drawVerdict(root, view) {
		const warnings = view.words.notes.filter((note) => note.startsWith("warning: "));
		const notes = view.words.notes.filter((note) => !note.startsWith("warning: "));

		root.append(kit.el("p", { class: "lead" }, view.words.title));
		if (view.words.claim !== "several")
			kit.tiles(root, [tileOfWinner(view), tileOfLead(view), tileOfPrice(view),
				tileOfSteadiness(view)]);
		kit.sentences(root, view.words.words.filter((one) => !warnings.includes(one)));
		kit.sentences(root, warnings);
		if (notes.length)
			kit.details(root, `Notes (${notes.length})`, () => {
				const list = kit.el("div", null);

				kit.sentences(list, notes);
				return list;
			}, notes.length < 4 || view.words.claim === "nothing");
	}

	// A list to choose a metric from, for a picture.
	function chooser(view, keys, chosen, changed) {
		return kit.choose("Figure", keys, chosen, (key) => pictures.metric(key).name, changed);
	}

	function keysOf(view, wanted) {
		const keys = new Set();

		for (const row of view.rows)
			for (const key of Object.keys(row.trials[0].values))
				if (wanted(key, row))
					keys.add(key);
		return [...keys];
	}

	function drawForest(root, view) {
		const keys = keysOf(view, (key, row) => !row.isReference && pictures.metric(key).isRatio
			&& row.verdict(key) && kit.known(row.verdict(key).effect) !== null);
		let metric = view.primary;

		if (!keys.length)
			return;
		const figure = kit.picture(root, {
			title: "Differences, and how certain they are",
			note: `A dot is the difference to ${view.referenceName}, the line its interval. One that lies off the band around 0 (±${kit.format.percent(view.procedure.equivalence)}, equal within the margin) is a difference that matters; the open mark is the reference measured a second time: as far as it lies from 0, this session is wrong.`,
			controls: chooser(view, keys, metric.key, (key) => {
				metric = pictures.metric(key);
				figure.draw();
			}),
			draw: (svg, width) => pictures.forest(svg, width, view, metric),
			table: () => tableOfDifferences(view, metric),
		});
	}

	function tableOfDifferences(view, metric) {
		const of = (name, part, format) => parts(name, metric.key, part, format);
		const share = metric.isRatio ? kit.format.change : kit.format.number;

		return kit.table([
			{ name: "Contender", text: true, value: (row) => row.label },
			of(metric.name, "level", metric.format), of("from", "level_lo", metric.format),
			of("to", "level_hi", metric.format),
			{ ...of("Difference", "effect", share), path: null },
			{ ...of("from", "lo", share), path: null }, { ...of("to", "hi", share), path: null },
			of("p", "p_adjusted", kit.format.exact), of("Blocks", "n", kit.format.exact),
			{ name: "Verdict", text: true, value: (row) => pictures.meaning(row.verdict(metric.key)) },
		], view.rows, `${metric.name}, and differences to ${view.referenceName}`);
	}

	function drawTrials(root, view) {
		const keys = keysOf(view, (key, row) => row.trials.some((trial) =>
			kit.known(trial.values[key]) !== null && trial.values[key] > 0));
		const state = { metric: view.primary, isTogether: false, hidden: new Set() };
		const legend = kit.el("div", null);
		const ways = { own: "each by its own level", one: "all on one axis" };
		const arrange = function (way) {
			state.isTogether = way === "one";
			state.hidden = new Set();
			legend.replaceChildren();
			if (state.isTogether)
				toggles(legend, view.rows, state, () => figure.draw());
			figure.draw();
		};
		const figure = kit.picture(root, {
			title: "Every trial, in the order in which they ran",
			note: "Flat strips are a steady session. A slope is drift, which blocks cancel; a ring is a trial that something disturbed, a cross one that was run again and does not count.",
			controls: kit.el("div", { class: "controls" }, chooser(view, keys,
				state.metric.key, (key) => {
					state.metric = pictures.metric(key);
					figure.draw();
				}), kit.choose("Trials", Object.keys(ways), "own", (way) => ways[way], arrange),
			legend),
			draw: (svg, width) => (state.isTogether
				? pictures.trials(svg, width, view, state.metric, state.hidden)
				: pictures.strips(svg, width, view, state.metric)),
			table: () => tableOfTrials(view),
		});
	}

	// The toggles of contenders; hidden ones are known by their index in the point.
	function toggles(root, rows, state, draw) {
		kit.toggles(root, rows.map((row) => ({ name: row.label, index: row.index })),
			(hidden) => {
				state.hidden = hidden;
				draw();
			});
	}

	function tableOfTrials(view) {
		const trials = view.point.trials;
		const value = (name, key, format) => ({ name, format, value: (trial) => trial.values[key],
			path: (trial) => `points.${view.index}.trials.${trials.indexOf(trial)}.values.${key}` });
		const latency = kit.format.time;

		return kit.table([
			{ name: "Contender", text: true, value: (trial) => view.all[trial.contender].label },
			{ name: "Block", value: (trial) => trial.block + 1, format: kit.format.exact },
			{ name: "Run", value: (trial) => trial.position + 1, format: kit.format.exact },
			{ name: "Began", unit: "s", value: (trial) => trial.started_s, format: kit.format.number },
			value("IOPS", "iops", kit.format.iops), value("p50", "lat.p50", latency),
			value("p99", "lat.p99", latency), value("p99.9", "lat.p99.9", latency),
			value("CPU/IO", "cpu_ns_per_io", latency), value("Cores", "cores", kit.format.number),
			{ name: "State", text: true, value: pictures.trialState },
		], trials, "Trials, in the order in which they ran");
	}

	function drawPrice(root, view) {
		const state = { hidden: new Set() };
		const section = kit.section(root, "What it costs");

		if (!view.rows.some((row) => row.level("cpu_ns_per_io") > 0)) {
			section.append(kit.el("p", { class: "note" }, "CPU time is not known of any contender."));
			return;
		}
		if (view.verdicts)
			kit.picture(section, {
				title: "IOPS, and the CPU time of each I/O",
				note: "Up is faster, left is cheaper: best is the upper left corner. On a dashed line so many cores are busy; a contender on the right of another pays more for the same I/O.",
				draw: (svg, width) => pictures.price(svg, width, view, state.hidden),
				table: () => tableOfCosts(view),
			});
		kit.picture(section, {
			title: "Who spends the CPU time of an I/O",
			note: "User is the program, system the kernel on its behalf, helpers are the kernel's own threads, such as io_uring's poll thread.",
			draw: (svg, width) => pictures.cost(svg, width, view),
			table: () => tableOfCosts(view),
		});
	}

	function tableOfCosts(view) {
		const number = kit.format.number;

		return kit.table([
			{ name: "Contender", text: true, value: (row) => row.label },
			levels("IOPS", "iops", kit.format.iops),
			levels("IOPS/core", "iops_per_core", kit.format.iops), levels("Cores", "cores", number),
			levels("CPU/IO", "cpu_ns_per_io", kit.format.time),
			...pictures.parts.map(([name], i) => ({ name, value: (row) => row.parts[i],
				format: kit.format.time })),
			levels("Calls/IO", "syscalls_per_io", number),
			levels("Switches/IO", "switches_per_io", number),
			levels("Submitting", "submit_share", kit.format.percent),
			levels("Batch", "batch_submit", number), levels("Depth", "depth", number),
		], view.rows, "What each contender costs");
	}

	function drawLatency(root, view) {
		const prefixes = ["lat.", "read.lat.", "write.lat.", "trim.lat.", "sync.lat."]
			.filter((prefix) => view.rows.some((row) => row.verdict(`${prefix}p50`)
				&& row.level(`${prefix}p50`) > 0));
		const names = { "lat.": "most I/Os' direction", "read.lat.": "reads", "write.lat.": "writes",
			"trim.lat.": "trims", "sync.lat.": "syncs" };
		const state = { hidden: new Set(), prefix: prefixes[0] };
		const controls = kit.el("div", { class: "controls" });

		if (!prefixes.length)
			return;
		const section = kit.section(root, "How long an I/O takes");

		if (prefixes.length > 2)
			controls.append(kit.choose("Of", prefixes, state.prefix, (prefix) => names[prefix],
				(prefix) => {
					state.prefix = prefix;
					figure.draw();
				}));
		const figure = kit.picture(section, {
			title: "Latency by percentile",
			note: "Lower is better. Both axes are logarithmic: a line that climbs to the right has a long tail. Open marks have too few I/Os beyond them to be known well.",
			controls,
			draw: (svg, width) => pictures.latency(svg, width, view, state.prefix, state.hidden),
			table: () => tableOfLatencies(view, state.prefix),
		});
		toggles(controls, view.rows.filter((row) => prefixes.some((prefix) =>
			row.level(`${prefix}p50`) > 0)), state, () => figure.draw());
	}

	function tableOfLatencies(view, prefix) {
		return kit.table([
			{ name: "Contender", text: true, value: (row) => row.label },
			...pictures.percentiles.flatMap(([name]) => [["level", name], ["level_lo", "from"],
				["level_hi", "to"]].map(([part, title]) => parts(title, `${prefix}${name}`, part,
				kit.format.time))),
		], view.rows, "Latencies with their intervals");
	}

	function drawLadder(root, view) {
		if (view.ladder.length < 2)
			return;
		kit.picture(kit.section(root, "The ladder"), {
			title: "What each step gives",
			note: "Each bar reaches from what the step before had to what this one has. Grey, with ~: the two were not shown to differ.",
			draw: (svg, width) => pictures.ladder(svg, width, view, view.primary),
			table: () => kit.table([
				{ name: "Step", text: true, value: (row) => row.label },
				levels(view.primary.name, view.primary.key, view.primary.format),
			], view.ladder, "Steps of the ladder"),
		});
	}

	// All that is left: every metric's verdict, settings, proof.
	function drawContenders(root, view) {
		const section = kit.section(root, "Contenders, settings, proof");

		section.append(tableOfContenders(view));
		for (const row of view.all)
			kit.details(section, row.label, () => {
				const { contender } = row;
				const part = kit.el("div", null);

				if (contender.problem)
					part.append(kit.el("p", { class: "warning" }, contender.problem));
				part.append(kit.facts(contender.options, "Options as they were set"),
					kit.facts(contender.effective, "Settings in effect"),
					kit.facts(contender.engine_proof, "What its engine did, as counted"));
				if (contender.refused.length)
					part.append(kit.facts(Object.fromEntries(contender.refused.map((one, i) =>
						[String(i + 1), one])), "Refused"));
				if (view.verdicts && row.trials.length)
					part.append(tableOfMetrics(row));
				return part;
			});
	}

	function tableOfContenders(view) {
		return kit.table([
			{ name: "Contender", text: true, value: (row) => row.label },
			{ name: "Engine", text: true, value: (row) => row.contender.engine },
			{ name: "Group", text: true, value: (row) => row.letters || "" },
			levels(view.primary.name, view.primary.key, view.primary.format),
			{ name: `vs ${view.referenceName}`, text: true, value: (row) => (row.isReference ? "ref"
				: row.verdict(view.primary.key)
					? pictures.difference(row.verdict(view.primary.key), view.primary) : "") },
			{ name: "Depth", value: (row) => row.contender.depth, format: kit.format.exact },
			{ name: "Jobs", value: (row) => row.contender.numjobs, format: kit.format.exact },
			{ name: "Problem", text: true, value: (row) => row.contender.problem || "" },
		], view.all, "Contenders with a letter in common were not shown to differ");
	}

	function tableOfMetrics(row) {
		const keys = Object.keys(row.trials[0].values).filter((key) => row.verdict(key));

		return kit.table([
			{ name: "Metric", text: true, value: (key) => key },
			...["level", "level_lo", "level_hi", "effect", "lo", "hi", "p", "p_adjusted", "n"]
				.map((name) => ({ name: name.replace("_", " "), value: (key) => row.verdict(key)[name],
					path: (key) => row.path(key, name), format: kit.format.exact })),
			{ name: "mark", text: true, value: (key) => row.verdict(key).mark },
			{ name: "method", text: true, value: (key) => row.verdict(key).method },
		], keys, `${row.label}: every metric, as in the JSON`);
	}

	function drawPoint(root, view) {
		drawVerdict(root, view);
		if (view.rows.length) {
			drawForest(root, view);
			drawLadder(root, view);
			drawTrials(root, view);
			drawPrice(root, view);
			drawLatency(root, view);
		}
		drawContenders(root, view);
	}

	// The text output's words. Jobs that have a reference each have a table each, and none in common.
	function wordsOf(doc, index) {
		const { tables } = doc.words.points[index];

		return tables.length === 1 ? tables[0] : { title: doc.json.points[index].summary,
			claim: "several", top: [], conditions: [],
			words: tables.flatMap((table) => [table.title, ...table.words]),
			notes: tables.flatMap((table) => table.notes) };
	}

	// What came of each point of a sweep, in few words.
	function tableOfPoints(views) {
		const tile = (make) => (view) => {
			const made = make(view);

			return made ? `${made.value}${made.note ? `, ${made.note}` : ""}` : "";
		};
		const several = views.some((view) => view.rows.filter((row) => !row.isControl).length > 1);

		return kit.table([
			{ name: "Point", text: true, value: (view) => view.point.name },
			several && { name: "Which", text: true, value: tile(tileOfWinner) },
			several && { name: "By how much", text: true, value: tile(tileOfLead) },
			{ name: "What it costs", text: true, value: tile(tileOfPrice) },
			{ name: "Was it steady", text: true, value: tile(tileOfSteadiness) },
		].filter(Boolean), views, "Each point in few words");
	}

	function draw(root, doc) {
		const { points } = doc.json;
		const holder = kit.el("div", null);
		const show = function (index) {
			holder.textContent = "";
			drawPoint(holder, makeView(doc, points[index], wordsOf(doc, index)));
		};

		if (points.length > 1) {
			const views = points.map((point, i) => makeView(doc, point, wordsOf(doc, i)));

			pictures.drawSweep(root, doc, views);
			root.append(tableOfPoints(views));
			root.append(kit.el("h3", null, "A point"), kit.choose("Shown", d3.range(points.length), 0,
				(i) => points[i].name, (i) => show(Number(i))));
		}
		root.append(holder);
		if (points.length)
			show(0);
		else
			root.append(kit.el("p", { class: "warning" }, "This comparison has no table."));
		kit.about(root, doc);
	}

	ringside.page("ringside-comparison", draw);
})();
