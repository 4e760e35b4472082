// SPDX-License-Identifier: MIT
// The pictures of a comparison. Each takes a view: a table of the session as compare.js has it.
(function () {
	const { kit } = ringside;
	const pictures = ringside.comparison;
	const ROW = 30;

	// How each figure of a trial is shown, and whether more of it is better (null: neither).
	const known = {
		iops: { name: "IOPS", format: kit.format.iops, more: true },
		bandwidth: { name: "bandwidth", format: kit.format.rate, more: true },
		cores: { name: "cores", format: kit.format.number, more: false },
		iops_per_core: { name: "IOPS per core", format: kit.format.iops, more: true },
		cpu_ns_per_io: { name: "CPU time per I/O", format: kit.format.time, more: false },
	};
	const ratios = /(^|\.)(iops|bandwidth|lat\.(mean|p50|p99|p99\.9))$|^(cores|iops_per_core|cpu_ns_per_io|(user_|kernel_)?instructions_per_io|(user_|kernel_)?cycles_per_io)$/;

	pictures.metric = function (name) {
		const latency = /^(?:(\w+)\.)?lat\.(.+)$/.exec(name);
		const rate = /^(\w+)\.(iops|bandwidth)$/.exec(name);
		const isRatio = ratios.test(name);

		if (known[name])
			return { key: name, isRatio, ...known[name] };
		if (latency)
			return { key: name, isRatio, more: false, format: kit.format.time,
				name: `${latency[1] ? `${latency[1]} ` : ""}${latency[2]} latency` };
		if (rate)
			return { key: name, isRatio, more: true, format: known[rate[2]].format,
				name: `${rate[1]} ${known[rate[2]].name}` };
		return { key: name, isRatio, more: null, name: name.replaceAll("_", " "),
			format: name.endsWith("_ns_per_io") ? kit.format.time : kit.format.number };
	};

	const marks = { better: "▲", worse: "▼", equivalent: "≈", unresolved: "~" };
	const meanings = { better: "better", worse: "worse", equivalent: "equal within the margin",
		unresolved: "not shown, and not excluded", exploratory: "no claim", range: "no interval yet",
		none: "" };

	pictures.meaning = (verdict) => (verdict ? meanings[verdict.mark] || "" : "");

	// "▲ +17.9% [17.2, 18.9]", as the tables of the text output have it.
	pictures.difference = function (verdict, metric) {
		const mark = marks[verdict.mark] ? `${marks[verdict.mark]} ` : "";

		if (kit.known(verdict.effect) === null)
			return "";
		if (!metric.isRatio)
			return `${mark}${kit.signed(verdict.effect)}`;
		if (isUnknown(verdict))
			return `${mark}unknown (±>100%)`;
		return `${mark}${kit.effect(verdict.effect)} ${kit.bounds(verdict.lo, verdict.hi)}`.trim();
	};

	// As view_is_unknown(): it may be twice as much as it looks, or half of it.
	const isUnknown = pictures.isUnknown = (verdict) => verdict.lo !== null
		&& Math.sqrt((1 + verdict.hi) / (1 + verdict.lo)) > 2;

	function noData(svg, width, text) {
		svg.append("text").attr("class", "dim").attr("x", width / 2).attr("y", 30)
			.attr("text-anchor", "middle").text(text);
		return 50;
	}

	// Names at the left of rows, each with its mark.
	function putNames(svg, view, rows, box, at) {
		for (const row of rows) {
			const y = at(row);

			kit.mark(svg, row.index, 8, y, row.isControl);
			kit.fit(svg.append("text").attr("x", 20).attr("y", y + 4).text(row.label),
				box.left - 32);
		}
	}

	function labelRoom(width, rows) {
		const longest = d3.max(rows, (row) => row.label.length) || 0;

		return Math.min(width * 0.36, Math.max(90, longest * 7.2 + 36));
	}

	function putZones(svg, view, metric, box, x) {
		const { equivalence } = view.procedure;
		const floor = view.verdicts && view.verdicts.control && metric.key === view.point.primary
			? pictures.floorOf(view) : null;
		const inside = (at) => Math.max(box.left, Math.min(box.right, at));
		const zone = (name, margin) => svg.append("rect").attr("class", name)
			.attr("x", inside(x(-margin))).attr("y", box.top)
			.attr("width", inside(x(margin)) - inside(x(-margin)))
			.attr("height", box.bottom - box.top);

		zone("zone", equivalence);
		if (kit.known(floor) !== null && floor < 0.9 && floor > equivalence)
			zone("zone floor", floor);
		svg.append("line").attr("class", "zero").attr("x1", x(0)).attr("x2", x(0))
			.attr("y1", box.top - 4).attr("y2", box.bottom);
	}

	// An interval with its estimate; beyond the picture it has an arrow.
	function putInterval(svg, index, verdict, x, y, range, isOpen) {
		const clamp = (value) => Math.max(range[0], Math.min(range[1], value));
		const at = clamp(x(verdict.effect));

		if (kit.known(verdict.lo) !== null && kit.known(verdict.hi) !== null)
			svg.append("line").attr("class", "interval").attr("x1", clamp(x(verdict.lo)))
				.attr("x2", clamp(x(verdict.hi))).attr("y1", y).attr("y2", y)
				.style("stroke", kit.colour(index));
		kit.mark(svg, index, at, y, isOpen, 80);
	}

	// Differences to the reference, with their intervals.
	pictures.forest = function (svg, width, view, metric) {
		const rows = view.rows.filter((row) => row.verdict(metric.key)
			&& (row.isReference || kit.known(row.verdict(metric.key).effect) !== null));
		const differing = rows.filter((row) => !row.isReference);
		const isWide = width > 620;
		const box = { left: labelRoom(width, rows), right: width - (isWide ? 190 : 12), top: 26,
			bottom: 26 + rows.length * ROW };
		const ends = differing.filter((row) => !isUnknown(row.verdict(metric.key)))
			.flatMap((row) => [row.verdict(metric.key).lo, row.verdict(metric.key).hi,
				row.verdict(metric.key).effect])
			.filter((value) => kit.known(value) !== null);
		const margin = view.procedure.equivalence * 1.6;
		const x = kit.ratioScale(Math.max(-0.995, Math.min(-margin, (d3.min(ends) || 0) * 1.08)),
			Math.max(margin, (d3.max(ends) || 0) * 1.08), [box.left + 12, box.right - 12]);
		const at = (row) => box.top + (rows.indexOf(row) + 0.5) * ROW;

		if (!differing.length)
			return noData(svg, width, "There is no difference to show: nothing was measured beside the reference.");
		putZones(svg, view, metric, box, x);
		putRatioAxis(svg, x, box, `${metric.name} against ${view.referenceName}`);
		putDirections(svg, metric, box, x);
		putNames(svg, view, rows, box, at);
		for (const row of rows) {
			const verdict = row.verdict(metric.key);
			const text = row.isReference ? `reference, ${metric.format(verdict.level)}`
				: pictures.difference(verdict, metric);
			const group = svg.append("g");

			kit.hint(group, `${row.label}: ${text}. ${pictures.meaning(verdict)}`);
			if (row.isReference)
				kit.mark(group, row.index, x(0), at(row), false, 80);
			else if (!isUnknown(verdict))
				putInterval(group, row.index, verdict, x, at(row), [box.left, box.right],
					row.isControl);
			if (isWide)
				group.append("text").attr("x", width).attr("text-anchor", "end")
					.attr("y", at(row) + 4).attr("class", row.isReference ? "dim" : null)
					.text(text);
		}
		return box.bottom + 40;
	};

	function putRatioAxis(svg, x, box, title) {
		const axis = svg.append("g").attr("class", "axis");

		const ROOM = 46; // of a tick's text
		let last = -Infinity;

		axis.append("path").attr("d", `M${box.left},${box.bottom}H${box.right}`);
		for (const tick of x.ticks(Math.max(2, (box.right - box.left) / 75))) {
			if (x(tick) < last + ROOM)
				continue;
			last = x(tick);
			axis.append("line").attr("x1", x(tick)).attr("x2", x(tick)).attr("y1", box.bottom)
				.attr("y2", box.bottom + 5);
			axis.append("text").attr("x", x(tick)).attr("y", box.bottom + 18)
				.attr("text-anchor", "middle").text(x.format(tick));
		}
		kit.fit(svg.append("text").attr("class", "dim").attr("x", (box.left + box.right) / 2)
			.attr("y", box.bottom + 34).attr("text-anchor", "middle").text(title),
		box.right - box.left);
	}

	function putDirections(svg, metric, box, x) {
		const names = metric.more ? ["← worse", "better →"] : ["← better", "worse →"];

		if (metric.more === null)
			return;
		svg.append("text").attr("class", "dim").attr("x", x(0) - 8).attr("y", 12)
			.attr("text-anchor", "end").text(names[0]);
		svg.append("text").attr("class", "dim").attr("x", x(0) + 8).attr("y", 12).text(names[1]);
	}

	// Why a trial's dot looks as it does; "" where it is plain.
	pictures.trialState = function (trial) {
		if (!trial.counts)
			return trial.problem ? `not counted: ${trial.problem}` : "not counted";
		if (trial.causes.length)
			return `disturbed (${trial.causes.join(", ")}), counted: ${trial.problem || ""}`;
		return trial.mismatch ? `not what its name says: ${trial.mismatch}` : "";
	};

	function putTrial(svg, row, trial, x, y, hint) {
		const group = svg.append("g").attr("class", "trial");

		kit.hint(group, hint);
		if (trial.causes.length)
			group.append("circle").attr("class", "disturbed").attr("cx", x).attr("cy", y)
				.attr("r", 6.5);
		if (trial.counts)
			kit.mark(group, row.index, x, y, row.isControl, 30);
		else
			group.append("path").attr("class", "dropped").attr("transform", `translate(${x},${y})`)
				.attr("d", "M-4,-4L4,4M-4,4L4,-4").style("stroke", kit.colour(row.index));
	}

	function trialHint(row, trial, metric) {
		const state = pictures.trialState(trial);

		return `${row.label}, block ${trial.block + 1}, run ${trial.position + 1} in it: ${
			metric.format(kit.known(trial.values[metric.key]))}${state ? `; ${state}` : ""}`;
	}

	// x of a trial: its block, and within it the order in which they ran.
	function trialScale(view, box) {
		const blocks = d3.scaleBand().domain(d3.range(Math.max(1, view.point.blocks)))
			.range([box.left + 6, box.right - 6]).paddingInner(0.15);
		const most = (d3.max(view.point.trials, (trial) => trial.position) || 0) + 1;
		const at = (trial) => blocks(trial.block)
			+ blocks.bandwidth() * (trial.position + 0.5) / most;

		return { blocks, at };
	}

	function putBlocks(svg, blocks, box) {
		const domain = blocks.domain();
		const every = Math.ceil(domain.length / Math.max(2, (box.right - box.left) / 36));
		const axis = svg.append("g").attr("class", "axis");

		for (const block of domain) {
			if (block % 2 === 0)
				svg.insert("rect", ":first-child").attr("class", "band").attr("x", blocks(block))
					.attr("width", blocks.bandwidth()).attr("y", box.top)
					.attr("height", box.bottom - box.top);
			if (block % every === 0)
				axis.append("text").attr("x", blocks(block) + blocks.bandwidth() / 2)
					.attr("y", box.bottom + 16).attr("text-anchor", "middle").text(block + 1);
		}
		svg.append("text").attr("class", "dim").attr("x", box.right).attr("y", box.bottom + 32)
			.attr("text-anchor", "end").text(box.right > 620
				? "block; within it, the order in which they ran" : "block");
	}

	// A strip for each contender: its trials against its own level.
	pictures.strips = function (svg, width, view, metric) {
		const HEIGHT = 52;
		const rows = view.rows.filter((row) => kit.known(row.level(metric.key)) !== null
			&& (row.level(metric.key) !== 0 || row.trials.every((trial) =>
				!kit.known(trial.values[metric.key]))));
		const box = { left: labelRoom(width, rows), right: width, top: 14,
			bottom: 14 + rows.length * HEIGHT };
		const off = (row, trial) => (trial.values[metric.key] === row.level(metric.key) ? 0
			: trial.values[metric.key] / row.level(metric.key) - 1);
		const all = rows.flatMap((row) => row.trials.filter((trial) =>
			kit.known(trial.values[metric.key]) !== null).map((trial) => off(row, trial)));
		const most = Math.max(0.005, d3.max(all, Math.abs) || 0);
		const { blocks, at } = trialScale(view, box);

		if (!all.length)
			return noData(svg, width, "No trial has a figure.");
		putBlocks(svg, blocks, box);
		rows.forEach(function (row, i) {
			const middle = box.top + (i + 0.5) * HEIGHT;
			const y = d3.scaleLinear().domain([-most, most])
				.range([middle + HEIGHT / 2 - 8, middle - HEIGHT / 2 + 8]);
			const shown = row.trials.filter((trial) =>
				kit.known(trial.values[metric.key]) !== null);
			const counted = shown.filter((trial) => trial.counts);

			svg.append("line").attr("class", "zero").attr("x1", box.left).attr("x2", box.right)
				.attr("y1", middle).attr("y2", middle);
			svg.append("path").attr("class", "series thread").datum(counted)
				.style("stroke", kit.colour(row.index))
				.attr("d", d3.line().x(at).y((trial) => y(off(row, trial))));
			for (const trial of shown)
				putTrial(svg, row, trial, at(trial), y(off(row, trial)),
					`${trialHint(row, trial, metric)} (${kit.effect(off(row, trial))} of its level)`);
			kit.mark(svg, row.index, 8, middle - 7, row.isControl);
			kit.fit(svg.append("text").attr("x", 20).attr("y", middle - 3).text(row.label),
				box.left - 32);
			svg.append("text").attr("class", "dim").attr("x", 20).attr("y", middle + 13)
				.text(metric.format(row.level(metric.key)));
		});
		svg.append("text").attr("class", "dim").attr("x", box.left).attr("y", box.bottom + 32)
			.text(`${width > 500 ? "a strip is " : ""}±${kit.format.number(most * 100)} %${
				width > 500 ? " of the contender's level" : ""}`);
		return box.bottom + 42;
	};

	// All contenders on one axis.
	pictures.trials = function (svg, width, view, metric, hidden) {
		const rows = view.rows.filter((row) => !hidden.has(row.index));
		const box = { left: 64, right: width, top: 24, bottom: 340 };
		const shown = rows.flatMap((row) => row.trials.map((trial) => ({ row, trial })))
			.filter((one) => kit.known(one.trial.values[metric.key]) !== null
				&& one.trial.values[metric.key] > 0);
		const domain = kit.logDomain(shown.map((one) => one.trial.values[metric.key]), 1.05);
		const y = d3.scaleLog().domain(domain).range([box.bottom - 6, box.top]);
		const { blocks, at } = trialScale(view, box);

		if (!shown.length)
			return noData(svg, width, "No trial of those that are shown has a figure.");
		kit.axisLeft(svg, y, box, metric.name, kit.ticksOf(domain), metric.format);
		putBlocks(svg, blocks, box);
		for (const row of rows)
			svg.append("path").attr("class", "series thread").style("stroke", kit.colour(row.index))
				.attr("d", d3.line().x((one) => at(one.trial))
					.y((one) => y(one.trial.values[metric.key]))(shown.filter((one) =>
						one.row === row && one.trial.counts)));
		for (const { row, trial } of shown)
			putTrial(svg, row, trial, at(trial), y(trial.values[metric.key]),
				trialHint(row, trial, metric));
		return box.bottom + 42;
	};

	// Names beside dots, the topmost first; those that would lie on another have none.
	function putLabels(svg, dots, box) {
		const placed = [];
		const isCovered = function (text) {
			const box = text.node().getBBox();

			return placed.some((other) => box.x < other.x + other.width && other.x < box.x + box.width
				&& box.y < other.y + other.height && other.y < box.y + box.height);
		};

		for (const dot of dots) {
			const isRight = dot.x < (box.left + box.right) / 2 + 60;
			const text = svg.append("text").attr("class", "halo").attr("y", dot.y - 9)
				.attr("x", dot.x + (isRight ? 6 : -6))
				.attr("text-anchor", isRight ? "start" : "end").text(dot.label);

			kit.fit(text, 180);
			if (isCovered(text)) {
				text.attr("y", dot.y + 19);
				if (isCovered(text)) {
					text.remove();
					continue;
				}
			}
			placed.push(text.node().getBBox());
		}
	}

	// What an I/O costs, and how many there are.
	pictures.price = function (svg, width, view, hidden) {
		const box = { left: 64, right: width - 14, top: 26, bottom: 330 };
		const rows = view.rows.filter((row) => !row.isControl && !hidden.has(row.index)
			&& row.level("iops") > 0 && row.level("cpu_ns_per_io") > 0);
		const spread = (key) => rows.flatMap((row) => [row.verdict(key).level_lo,
			row.verdict(key).level_hi, row.level(key)]);
		const xDomain = kit.logDomain(rows.flatMap((row) => row.level("cpu_ns_per_io")), 1.35);
		const yDomain = kit.logDomain(rows.length ? spread("iops") : [], 1.2);
		const x = d3.scaleLog().domain(xDomain).range([box.left, box.right]);
		const y = d3.scaleLog().domain(yDomain).range([box.bottom, box.top]);

		if (!rows.length)
			return noData(svg, width, "What an I/O costs is not known.");
		kit.axisLeft(svg, y, box, "IOPS", kit.ticksOf(yDomain), kit.format.iops);
		kit.axisBottom(svg, x, box, "CPU time per I/O, helpers included")
			.call(d3.axisBottom(x).tickValues(kit.ticksOf(xDomain, width / 90)).tickFormat(kit.tick(kit.format.time))
				.tickSizeOuter(0));
		putCores(svg, rows.map((row) => row.level("cores")), x, y, box);
		const dots = rows.map(function (row) {
			const cost = row.verdict("cpu_ns_per_io");
			const rate = row.verdict("iops");
			const dot = { label: row.label, x: x(cost.level), y: y(rate.level) };
			const group = svg.append("g");
			const bar = (x1, y1, x2, y2) => group.append("line").attr("class", "interval thin")
				.attr("x1", x1).attr("y1", y1).attr("x2", x2).attr("y2", y2)
				.style("stroke", kit.colour(row.index));

			kit.hint(group, `${row.label}: ${kit.format.iops(rate.level)} IOPS at ${
				kit.format.time(cost.level)} of CPU time per I/O, ${
				kit.format.number(row.level("cores"))} cores`);
			if (rate.level_lo > 0)
				bar(dot.x, y(Math.max(rate.level_lo, yDomain[0])), dot.x,
					y(Math.min(rate.level_hi, yDomain[1])));
			if (cost.level_lo > 0)
				bar(x(Math.max(cost.level_lo, xDomain[0])), dot.y,
					x(Math.min(cost.level_hi, xDomain[1])), dot.y);
			kit.mark(group, row.index, dot.x, dot.y, false, 90);
			return dot;
		});
		putLabels(svg, dots, box);
		return box.bottom + 42;
	};

	// Lines on which so many cores are busy, near those that are.
	function putCores(svg, busy, x, y, box) {
		const near = [0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 32, 64].filter((cores) =>
			cores >= d3.min(busy) / 2 && cores <= d3.max(busy) * 2);

		for (const cores of near) {
			const from = Math.max(x.domain()[0], cores * 1e9 / y.domain()[1]);
			const to = Math.min(x.domain()[1], cores * 1e9 / y.domain()[0]);

			if (from >= to)
				continue;
			svg.append("line").attr("class", "rule").attr("x1", x(from)).attr("x2", x(to))
				.attr("y1", y(cores * 1e9 / from)).attr("y2", y(cores * 1e9 / to));
			svg.append("text").attr("class", "dim halo").attr("x", x(to) - 4)
				.attr("y", Math.min(box.bottom - 6, y(cores * 1e9 / to) - 6))
				.attr("text-anchor", "end").text(`${cores} core${cores === 1 ? "" : "s"}`);
		}
	}

	// CPU time per I/O, by who spends it. The parts add up to the whole, as the tables' do.
	pictures.parts = [["user", "user_ns_per_io"], ["system", "system_ns_per_io"],
		["helper threads", "helper_ns_per_io"]];

	pictures.cost = function (svg, width, view) {
		const rows = view.rows.filter((row) => row.level("cpu_ns_per_io") > 0);
		const box = { left: labelRoom(width, rows), right: width - 66, top: 24,
			bottom: 24 + rows.length * 26 };
		const x = d3.scaleLinear().domain([0, d3.max(rows, (row) => row.level("cpu_ns_per_io"))])
			.range([box.left, box.right]);

		if (!rows.length)
			return noData(svg, width, "What an I/O costs is not known.");
		pictures.parts.forEach(function ([name], i) {
			const at = width > 560 ? box.left + i * 110 : i * 90;

			svg.append("rect").attr("class", `part part${i}`).attr("x", at)
				.attr("y", 2).attr("width", 11).attr("height", 11);
			svg.append("text").attr("x", at + 16).attr("y", 12).text(name);
		});
		kit.axisBottom(svg, x, box, "CPU time per I/O", 6, kit.format.time);
		putNames(svg, view, rows, box, (row) => box.top + (rows.indexOf(row) + 0.5) * 26);
		rows.forEach(function (row, i) {
			const group = svg.append("g");
			let from = 0;

			kit.hint(group, `${row.label}: ${pictures.parts.map(([name], p) =>
				`${name} ${kit.format.time(row.parts[p])}`).join(", ")}`);
			pictures.parts.forEach(function (_, p) {
				group.append("rect").attr("class", `part part${p}`).attr("x", x(from))
					.attr("y", box.top + i * 26 + 4).attr("height", 18)
					.attr("width", Math.max(0, x(row.parts[p] || 0) - x(0)));
				from += row.parts[p] || 0;
			});
			group.append("text").attr("x", x(row.level("cpu_ns_per_io")) + 6)
				.attr("y", box.top + i * 26 + 17)
				.text(kit.format.time(row.level("cpu_ns_per_io")));
		});
		return box.bottom + 42;
	};

	// Percentiles of latency, the tail stretched; those with too few I/Os beyond them are open.
	pictures.percentiles = [["p50", 0.5], ["p99", 0.99], ["p99.9", 0.999]];

	pictures.latency = function (svg, width, view, prefix, hidden) {
		const box = { left: 64, right: width - (width > 620 ? 150 : 20), top: 24, bottom: 340 };
		const rows = view.rows.filter((row) => !hidden.has(row.index)
			&& row.level(`${prefix}p50`) > 0);
		const key = (percentile) => `${prefix}${percentile[0]}`;
		const ends = rows.flatMap((row) => pictures.percentiles.flatMap(function (percentile) {
			const verdict = row.verdict(key(percentile));

			return verdict ? [verdict.level, verdict.level_lo, verdict.level_hi] : [];
		}));
		const domain = kit.logDomain(ends, 1.2);
		const y = d3.scaleLog().domain(domain).range([box.bottom, box.top]);
		const x = d3.scaleLinear().domain([0, 3]).range([box.left, box.right - 20]);
		const at = (percentile) => x(-Math.log10(1 - percentile[1]));

		if (!rows.length)
			return noData(svg, width, "No latency is known of those that are shown.");
		kit.axisLeft(svg, y, box, "latency", kit.ticksOf(domain), kit.format.time);
		for (const percentile of pictures.percentiles)
			svg.append("text").attr("class", "dim").attr("x", at(percentile))
				.attr("y", box.bottom + 18).attr("text-anchor", "middle").text(percentile[0]);
		svg.append("text").attr("class", "dim").attr("x", box.right).attr("y", box.bottom + 34)
			.attr("text-anchor", "end").text("share of the I/Os that are faster");
		const labels = rows.map(function (row) {
			const points = pictures.percentiles.map((percentile) => ({ percentile,
				verdict: row.verdict(key(percentile)) }))
				.filter((point) => point.verdict && point.verdict.level > 0);
			const group = svg.append("g");
			const last = points[points.length - 1];

			kit.hint(group, `${row.label}: ${points.map((point) => `${point.percentile[0]} ${
				kit.format.time(point.verdict.level)}${point.verdict.is_thin ? "?" : ""}`).join(", ")}`);
			group.append("path").attr("class", "series").style("stroke", kit.colour(row.index))
				.style("stroke-dasharray", row.isControl ? "4 3" : null)
				.attr("d", d3.line().x((point) => at(point.percentile))
					.y((point) => y(point.verdict.level))(points));
			for (const { percentile, verdict } of points) {
				if (verdict.level_lo > 0)
					group.append("line").attr("class", "interval thin")
						.attr("x1", at(percentile)).attr("x2", at(percentile))
						.attr("y1", y(verdict.level_lo)).attr("y2", y(verdict.level_hi))
						.style("stroke", kit.colour(row.index));
				kit.mark(group, row.index, at(percentile), y(verdict.level), verdict.is_thin);
			}
			return { label: row.label, y: y(last.verdict.level), index: row.index,
				x: at(last.percentile) };
		});
		if (width > 620)
			kit.lineLabels(svg, labels, box, width);
		return box.bottom + 44;
	};

	// What each step of a ladder gave: from one contender to the next, in the order of the rungs.
	// A step is drawn as a gain or a loss where the letters show that both differ: none in common.
	const isShown = (row, before) => Boolean(row.letters && before.letters)
		&& ![...row.letters].some((letter) => before.letters.includes(letter));

	// As the differences to the reference have it, where they are known.
	function stepOf(row, before, metric) {
		const effect = (one) => (one.isReference ? 0
			: one.verdict(metric.key) && kit.known(one.verdict(metric.key).effect));
		const [now, then] = [effect(row), effect(before)];

		return metric.isRatio && kit.known(now) !== null && kit.known(then) !== null
			? (1 + now) / (1 + then) - 1 : row.level(metric.key) / before.level(metric.key) - 1;
	}

	pictures.ladder = function (svg, width, view, metric) {
		const rows = view.ladder.filter((row) => kit.known(row.level(metric.key)) !== null);
		const box = { left: labelRoom(width, rows), right: width - 150, top: 14,
			bottom: 14 + rows.length * ROW };
		const most = d3.max(rows, (row) => row.level(metric.key));
		const x = d3.scaleLinear().domain([0, most * 1.04]).range([box.left, box.right]);

		if (rows.length < 2)
			return noData(svg, width, "Fewer than two steps have figures.");
		kit.axisBottom(svg, x, box, metric.name, 6, metric.format);
		putNames(svg, view, rows, box, (row) => box.top + (rows.indexOf(row) + 0.5) * ROW);
		rows.forEach(function (row, i) {
			const now = row.level(metric.key);
			const before = i ? rows[i - 1].level(metric.key) : 0;
			const y = box.top + i * ROW + 5;
			const isGain = metric.more === false ? now < before : now >= before;

			const kind = !i ? "first" : !isShown(row, rows[i - 1]) ? "open" : isGain ? "gain" : "loss";

			svg.append("rect").attr("class", `step ${kind}`)
				.attr("x", x(Math.min(before, now))).attr("width", Math.abs(x(now) - x(before)) + 1)
				.attr("y", y).attr("height", ROW - 10);
			if (i + 1 < rows.length)
				svg.append("line").attr("class", "rule").attr("x1", x(now)).attr("x2", x(now))
					.attr("y1", y).attr("y2", y + ROW + ROW - 10);
			svg.append("text").attr("x", width).attr("text-anchor", "end").attr("y", y + 14)
				.text(i === 0 ? metric.format(now)
					: `${kind === "open" ? "~ " : ""}${kit.effect(stepOf(row, rows[i - 1], metric))} → ${
						metric.format(now)}`);
		});
		return box.bottom + 42;
	};
})();
