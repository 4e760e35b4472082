// SPDX-License-Identifier: MIT
// The page of a curve: latency by offered load, the limit that was asked for, and who is the limit.
(function () {
	const { kit } = ringside;
	const HEIGHT = 400;

	const figures = {
		p99_ns: "p99", p50_ns: "p50", "p99.9_ns": "p99.9", mean_ns: "mean", max_ns: "maximum",
		service_p50_ns: "p50 from when it was sent", service_p99_ns: "p99 from when it was sent",
		"service_p99.9_ns": "p99.9 from when it was sent", lag_p99_ns: "how late it was sent, p99",
		read_p99_ns: "reads' p99", write_p99_ns: "writes' p99", achieved_iops: "done",
		cpu_ns_per_io: "CPU time per I/O", cores: "cores", depth: "in flight", busy: "busy",
	};

	const nameOf = (key) => figures[key] || key.replaceAll("_", " ");

	const formatOf = (key) => (key.endsWith("_ns") || key === "cpu_ns_per_io" ? kit.format.time
		: key.endsWith("iops") ? kit.format.iops : kit.format.number);

	const rate = (iops) => `${kit.format.count(iops)}/s`;

	// Fewer than 10 I/Os beyond a percentile, as the text output leaves it out.
	function isThin(point, key) {
		const match = /p(50|99|99\.9)_ns$/.exec(key);

		return Boolean(match) && point.ios * (1 - Number(match[1]) / 100) < 10;
	}

	// Points of a line, as they are drawn: {x, level, point}. `tests`: those of the search, too.
	function pointsOf(line, key, withTests) {
		const points = withTests && line.slo ? line.points.concat(line.slo.tests) : line.points;

		return points.filter((point) => point.window_s > 0 && point.figures[key]
			&& kit.known(point.figures[key].value) !== null && !isThin(point, key))
			.map((point) => ({ x: point.offered_iops, level: point.figures[key], point }));
	}

	const causes = { target: "the target", cpu: "the CPU", generator: "the load generator" };

	function pointHint(line, key, { x, level, point }) {
		const format = formatOf(key);
		const interval = kit.known(level.lo) === null ? ""
			: ` [${format(level.lo)}, ${format(level.hi)}]`;

		return `${line.name} at ${rate(x)}: ${nameOf(key)} ${format(level.value)}${interval}${
			point.is_saturated ? "; saturated: less was done than offered" : ""}${
			causes[point.limit] ? `, limited by ${causes[point.limit]}` : ""}`;
	}

	function scalesOf(lines, key, slo, box) {
		const all = lines.flatMap((line) => pointsOf(line, key, true));
		const values = all.flatMap(({ level }) => [level.value, level.lo, level.hi])
			.concat(slo ? [slo.limit_ns] : []);
		const domain = kit.logDomain(values, 1.25);

		return { all, domain,
			x: d3.scaleLinear().domain([0, (d3.max(all, (one) => one.x) || 1) * 1.04])
				.range([box.left, box.right]),
			y: d3.scaleLog().domain(domain).range([box.bottom, box.top]) };
	}

	// The limit of latency, and the load that was found to be the largest within it.
	function drawLimit(svg, lines, slo, { x, y }, box) {
		const at = y(slo.limit_ns);

		svg.append("line").attr("class", "limit").attr("x1", box.left).attr("x2", box.right)
			.attr("y1", at).attr("y2", at);
		svg.append("text").attr("class", "limit-name").attr("x", box.left + 6).attr("y", at - 6)
			.text(`${nameOf(slo.figure)} <= ${kit.format.time(slo.limit_ns)}`);
		for (const line of lines) {
			const load = line.slo && line.slo.answer === "found" ? line.slo.iops : null;

			if (!load || kit.known(load.value) === null)
				continue;
			if (kit.known(load.lo) !== null && kit.known(load.hi) !== null)
				svg.append("rect").attr("class", "answer").attr("x", x(load.lo)).attr("y", box.top)
					.attr("width", Math.max(1, x(load.hi) - x(load.lo)))
					.attr("height", box.bottom - box.top).style("fill", kit.colour(line.index));
			svg.append("line").attr("class", "rule").attr("x1", x(load.value))
				.attr("x2", x(load.value)).attr("y1", at).attr("y2", box.bottom)
				.style("stroke", kit.colour(line.index));
		}
	}

	function drawKnee(svg, line, { x }, box, row) {
		const load = line.knee && line.knee.iops && kit.known(line.knee.iops.value);

		if (!load || load > x.domain()[1])
			return;
		svg.append("path").attr("class", "knee").style("fill", kit.colour(line.index))
			.attr("d", `M${x(load)},${box.bottom}l-6,10h12Z`)
			.append("title").text(`${line.name}: knee at ${rate(load)}`);
		svg.append("text").attr("class", "dim").attr("x", x(load)).attr("y", box.bottom - 6 - row * 14)
			.attr("text-anchor", "middle").text("knee");
	}

	function drawLine(svg, line, key, { x, y }) {
		const points = pointsOf(line, key).filter((point) => point.level.value > 0);
		const tests = line.slo ? pointsOf(line, key, true).filter((one) =>
			line.slo.tests.includes(one.point)) : [];
		const group = svg.append("g");

		group.append("path").attr("class", "series").style("stroke", kit.colour(line.index))
			.attr("d", d3.line().x((point) => x(point.x)).y((point) => y(point.level.value))(points));
		for (const test of tests)
			kit.hint(group.append("circle").attr("class", "test").attr("cx", x(test.x))
				.attr("cy", y(test.level.value)).attr("r", 2.5)
				.style("fill", kit.colour(line.index)), `search: ${pointHint(line, key, test)}`);
		for (const point of points) {
			const dot = group.append("g");

			kit.hint(dot, pointHint(line, key, point));
			if (point.level.lo > 0)
				dot.append("line").attr("class", "interval thin").attr("x1", x(point.x))
					.attr("x2", x(point.x)).attr("y1", y(Math.max(point.level.lo, y.domain()[0])))
					.attr("y2", y(Math.min(point.level.hi, y.domain()[1])))
					.style("stroke", kit.colour(line.index));
			kit.mark(dot, line.index, x(point.x), y(point.level.value), point.point.is_saturated);
			if (point.point.is_saturated)
				dot.append("text").attr("x", x(point.x) + 7).attr("y", y(point.level.value) - 4)
					.text("*");
		}
		return points;
	}

	// Latency by load.
	function drawStick(svg, width, lines, key, slo) {
		const isWide = width > 640 && lines.length > 1;
		const box = { left: 64, right: width - (isWide ? 150 : 16), top: 24, bottom: HEIGHT };
		const scales = scalesOf(lines, key, slo && slo.figure === key ? slo : null, box);
		const labels = [];

		if (!scales.all.length) {
			svg.append("text").attr("class", "dim").attr("x", width / 2).attr("y", 30)
				.attr("text-anchor", "middle").text("This figure is known of none of the loads.");
			return 50;
		}
		kit.axisLeft(svg, scales.y, box, nameOf(key), kit.ticksOf(scales.domain), formatOf(key));
		kit.axisBottom(svg, scales.x, box, "offered load, I/Os a second", width > 500 ? 8 : 4,
			kit.format.count);
		if (slo && slo.figure === key)
			drawLimit(svg, lines, slo, scales, box);
		lines.forEach(function (line, i) {
			const points = drawLine(svg, line, key, scales);
			const last = points[points.length - 1];

			drawKnee(svg, line, scales, box, i);
			if (last)
				labels.push({ label: line.name, index: line.index, x: scales.x(last.x),
					y: scales.y(last.level.value) });
		});
		if (isWide)
			kit.lineLabels(svg, labels, box, width);
		return HEIGHT + 44;
	}

	// What was done, of what was offered.
	function drawDone(svg, width, lines) {
		const box = { left: 64, right: width - 16, top: 24, bottom: 300 };
		const all = lines.flatMap((line) => pointsOf(line, "achieved_iops"));
		const most = (d3.max(all, (one) => Math.max(one.x, one.level.value)) || 1) * 1.04;
		const x = d3.scaleLinear().domain([0, most]).range([box.left, box.right]);
		const y = d3.scaleLinear().domain([0, most]).range([box.bottom, box.top]);

		kit.axisLeft(svg, y, box, "done, I/Os a second", 5, kit.format.count);
		kit.axisBottom(svg, x, box, "offered load, I/Os a second", width > 500 ? 8 : 4,
			kit.format.count);
		svg.append("line").attr("class", "rule").attr("x1", x(0)).attr("y1", y(0))
			.attr("x2", x(most)).attr("y2", y(most));
		svg.append("text").attr("class", "dim").attr("x", x(most * 0.97)).attr("y", y(most) + 8)
			.attr("text-anchor", "end").text("all of it");
		for (const line of lines)
			drawLine(svg, line, "achieved_iops", { x, y });
		return box.bottom + 44;
	}

	function tableOfLoads(line) {
		const rows = line.points.map((point) => ({ line, point }));
		const pathOf = (row) => `lines.${row.line.index}.points.${row.line.points.indexOf(row.point)}`;
		const level = (key) => ({ name: nameOf(key), format: formatOf(key),
			path: (row) => (row.point.window_s > 0 && !isThin(row.point, key) && row.point.figures[key]
				? `${pathOf(row)}.figures.${key}.value` : null),
			value: (row) => (row.point.window_s > 0 && !isThin(row.point, key) && row.point.figures[key]
				? row.point.figures[key].value : null) });

		return kit.table([
			{ name: "Offered", value: (row) => row.point.offered_iops, format: rate,
				path: (row) => `${pathOf(row)}.offered_iops` },
			...["achieved_iops", "p50_ns", "p99_ns", "p99.9_ns", "service_p50_ns", "service_p99_ns",
				"cpu_ns_per_io", "cores", "depth"].map(level),
			{ name: "State", text: true, value: (row) => (row.point.window_s <= 0 ? "not run"
				: [row.point.is_saturated ? "* saturated" : "",
					causes[row.point.limit] ? `by ${causes[row.point.limit]}` : ""].join(" ").trim()) },
		], rows, `Loads of ${line.name}`);
	}

	// Intervals of the figure that is shown.
	function tableOfFigure(lines, key) {
		const format = formatOf(key);
		const rows = lines.flatMap((line) => pointsOf(line, key, true).map((one) => ({ line, ...one })));
		const end = (name) => (row) => row.level[name];

		return kit.table([
			{ name: "Line", text: true, value: (row) => row.line.name },
			{ name: "Offered", value: (row) => row.x, format: rate },
			{ name: nameOf(key), value: end("value"), format },
			{ name: "from", value: end("lo"), format }, { name: "to", value: end("hi"), format },
			{ name: "Trials", value: (row) => row.point.trials.length, format: kit.format.exact },
			{ name: "Saturated", text: true, value: (row) => (row.point.is_saturated ? "*" : "") },
		], rows, `${nameOf(key)} with its 95 % interval`);
	}

	function answerOf(line) {
		const { answer, iops } = line.slo;

		return { none: "no load", all: `all, to ${rate(iops && iops.lo)}`, unknown: "not decided",
			found: iops ? rate(iops.value) : "–" }[answer];
	}

	// As curve_saturated_from(): the first of the loads that are, up to the highest; or null.
	function saturatedFrom(line) {
		const run = line.points.filter((point) => point.window_s > 0);
		const last = run.findLastIndex((point) => !point.is_saturated);

		return run[last + 1] || null;
	}

	function tilesOf(doc, lines) {
		const { slo } = doc.json.procedure;
		const tiles = [];

		for (const line of lines.slice(0, 6)) {
			const first = saturatedFrom(line);
			const knee = line.knee && line.knee.iops && kit.known(line.knee.iops.value);
			const name = lines.length > 1 ? line.name : slo && line.slo
				? "Most load within the limit" : "Maximum";
			const notes = [`maximum ${rate(line.most_iops && line.most_iops.value)}`,
				knee ? `knee at ${rate(knee)}` : null,
				first ? `saturated from ${rate(first.offered_iops)} by ${causes[first.limit] || "–"}`
					: null].filter(Boolean);

			if (!line.points.length)
				tiles.push({ name, value: "does not run", note: line.problem, state: "warn" });
			else if (slo && line.slo)
				tiles.push({ name, value: answerOf(line), note: `${nameOf(slo.figure)} within ${
					kit.format.time(slo.limit_ns)}; ${notes.join("; ")}` });
			else
				tiles.push({ name, value: rate(line.most_iops && line.most_iops.value),
					note: notes.slice(1).join("; ") || "no knee, not saturated" });
		}
		return tiles;
	}

	function drawHead(root, doc, lines) {
		const words = doc.words || { title: lines.length ? lines[0].summary : "", notes: [], found: [] };

		root.append(kit.el("p", { class: "lead" }, words.title));
		kit.tiles(root, tilesOf(doc, lines));
		kit.sentences(root, words.found.concat(words.notes));
	}

	function drawPictures(root, doc, lines) {
		const { slo } = doc.json.procedure;
		const keys = Object.keys(figures).filter((key) => key !== "achieved_iops" && lines.some((line) =>
			pointsOf(line, key).some((point) => point.level.value > 0)));
		const state = { key: slo && keys.includes(slo.figure) ? slo.figure : keys[0], hidden: new Set() };
		const shown = () => lines.filter((line) => !state.hidden.has(line.index));
		const controls = kit.el("div", { class: "controls" });

		if (!keys.length) {
			root.append(kit.el("p", { class: "warning" }, "No load has figures."));
			return;
		}
		controls.append(kit.choose("Figure", keys, state.key, nameOf, (key) => {
			state.key = key;
			stick.draw();
		}));
		const stick = kit.picture(kit.section(root, "Latency by load"), {
			title: "How long an I/O takes at each load",
			note: "Latency counts from when an I/O was due. Where a line turns up is its knee; open marks with a star are saturated: less was done than offered. Small dots are loads that were tried in search of the limit; the shaded band is the interval of the largest load within it.",
			controls,
			draw: (svg, width) => drawStick(svg, width, shown(), state.key, slo),
			table: () => tableOfFigure(lines, state.key),
		});
		const done = kit.picture(kit.section(root, "What was done"), {
			title: "Of what was offered, what was done",
			note: "On the dashed line all of it was done. A line that leaves it downwards is saturated there.",
			draw: (svg, width) => drawDone(svg, width, shown()),
			table: () => tableOfFigure(shown(), "achieved_iops"),
		});

		if (lines.length > 1)
			kit.toggles(controls, lines, (hidden) => {
				state.hidden = hidden;
				stick.draw();
				done.draw();
			});
	}

	function draw(root, doc) {
		const { length } = doc.json.lines;
		const lines = doc.json.lines.map((line, index) => ({ ...line, index, // named as in the text
			name: length > 1 ? `${String.fromCharCode(65 + index)} ${line.name}` : line.name }));
		const section = kit.el("div", null);

		drawHead(root, doc, lines);
		drawPictures(root, doc, lines.filter((line) => line.points.length));
		for (const line of lines)
			if (line.points.length)
				root.append(tableOfLoads(line));
		root.append(section);
		for (const line of lines)
			kit.details(section, `${line.name}: settings`, () => kit.facts({ engine: line.engine,
				summary: line.summary, problem: line.problem, ...line.options }, line.name));
		kit.about(root, doc);
	}

	ringside.page("ringside-curve", draw);
})();
