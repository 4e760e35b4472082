// SPDX-License-Identifier: MIT
// A sweep (--vary): a figure over the values that were varied, a line for each contender.
(function () {
	const pictures = ringside.comparison;
	const { kit } = ringside;

	// What comes before all pairs: sections are points, too.
	const JOB = "job";

	// "iodepth=4 bs=4k" as [["iodepth", "4"], ["bs", "4k"]].
	function parseName(name) {
		const pairs = [];

		for (const word of name.split(" ")) {
			const at = word.indexOf("=");

			if (at > 0)
				pairs.push([word.slice(0, at), word.slice(at + 1)]);
			else if (pairs.length)
				pairs[pairs.length - 1][1] += ` ${word}`;
			else
				pairs.push([JOB, word]);
		}
		return pairs;
	}

	// Lines: a contender, and all that was varied but for what lies along the axis.
	function linesOf(views, key) {
		const lines = new Map();

		for (const view of views)
			for (const row of view.rows) {
				const others = parseName(view.point.name).filter((pair) => pair[0] !== key)
					.map((pair) => pair.join("=")).join(" ");
				const name = `${row.name}${others ? `, ${others}` : ""}`;
				const line = lines.get(name) || { name, points: [], index: lines.size };

				if (row.isControl)
					continue;
				line.points.push({ row, view,
					x: (parseName(view.point.name).find((pair) => pair[0] === key) || ["", ""])[1] });
				lines.set(name, line);
			}
		return [...lines.values()];
	}

	function drawLine(svg, line, metric, x, y, isJoined) {
		const points = line.points.filter((point) => point.row.level(metric.key) > 0);
		const group = svg.append("g");

		group.append("path").attr("class", "series").style("stroke", kit.colour(line.index))
			.style("stroke-dasharray", isJoined ? null : "1 5").attr("d", d3.line().x((point) => x(point.x))
				.y((point) => y(point.row.level(metric.key)))(points));
		for (const point of points) {
			const verdict = point.row.verdict(metric.key);
			const dot = group.append("g");

			kit.hint(dot, `${line.name}, ${point.view.point.name}: ${
				metric.format(point.row.level(metric.key))}`);
			if (verdict && verdict.level_lo > 0)
				dot.append("line").attr("class", "interval thin").attr("x1", x(point.x))
					.attr("x2", x(point.x)).attr("y1", y(Math.max(verdict.level_lo, y.domain()[0])))
					.attr("y2", y(Math.min(verdict.level_hi, y.domain()[1])))
					.style("stroke", kit.colour(line.index));
			kit.mark(dot, line.index, x(point.x), y(point.row.level(metric.key)),
				verdict && verdict.is_thin);
		}
		return points;
	}

	function drawSweepPicture(svg, width, lines, key, metric, hidden) {
		const shown = lines.filter((line) => !hidden.has(line.index));
		const all = shown.flatMap((line) => line.points.map((point) =>
			point.row.level(metric.key)));
		const isWide = width > 620;
		const box = { left: 64, right: width - (isWide ? 170 : 16), top: 24, bottom: 340 };
		const domain = kit.logDomain(all, 1.2);
		const y = d3.scaleLog().domain(domain).range([box.bottom, box.top]);
		const x = d3.scalePoint().domain([...new Set(lines.flatMap((line) =>
			line.points.map((point) => point.x)))]).range([box.left, box.right - 10]).padding(0.3);
		const labels = [];

		kit.axisLeft(svg, y, box, metric.name, kit.ticksOf(domain), metric.format);
		kit.axisBottom(svg, x, box, key);
		for (const line of shown) {
			const points = drawLine(svg, line, metric, x, y, key !== JOB);
			const last = points[points.length - 1];

			if (last)
				labels.push({ label: line.name, index: line.index, x: x(last.x),
					y: y(last.row.level(metric.key)) });
		}
		if (isWide)
			kit.lineLabels(svg, labels, box, width);
		return box.bottom + 44;
	}

	function tableOfSweep(views, metric) {
		return kit.table([
			{ name: "Point", text: true, value: (one) => one.view.point.name },
			{ name: "Contender", text: true, value: (one) => one.row.label },
			{ name: metric.name, value: (one) => one.row.level(metric.key), format: metric.format },
			{ name: "IOPS", value: (one) => one.row.level("iops"), format: kit.format.iops },
			{ name: "p50", value: (one) => one.row.level("lat.p50"), format: kit.format.time },
			{ name: "p99", value: (one) => one.row.level("lat.p99"), format: kit.format.time },
			{ name: "Cores", value: (one) => one.row.level("cores"), format: kit.format.number },
			{ name: "Verdict", text: true, value: (one) =>
				pictures.meaning(one.row.verdict(metric.key)) },
		], views.flatMap((view) => view.rows.map((row) => ({ view, row }))), "All points");
	}

	pictures.drawSweep = function (root, doc, views) {
		const keys = [...new Set(views.flatMap((view) => parseName(view.point.name)
			.map((pair) => pair[0])))];
		const state = { key: keys[0], metric: views[0].primary, hidden: new Set() };
		const metrics = ["iops", "bandwidth", "lat.p50", "lat.p99", "lat.p99.9", "cpu_ns_per_io",
			"iops_per_core", "cores"];
		let lines = linesOf(views, state.key);
		const controls = kit.el("div", { class: "controls" });
		const legend = kit.el("div", null);
		const legends = function () {
			legend.textContent = "";
			state.hidden = new Set();
			kit.toggles(legend, lines, (hidden) => {
				state.hidden = hidden;
				figure.draw();
			});
		};

		controls.append(kit.choose("Figure", metrics, state.metric.key,
			(key) => pictures.metric(key).name, (key) => {
				state.metric = pictures.metric(key);
				figure.draw();
			}));
		if (keys.length > 1)
			controls.append(kit.choose("Along", keys, state.key, (key) => key, (key) => {
				state.key = key;
				lines = linesOf(views, key);
				legends();
				figure.draw();
			}));
		controls.append(legend);
		const figure = kit.picture(kit.section(root, "The sweep"), {
			title: "A figure over what was varied",
			note: "Each line is a contender; where lines cross, another one is best from there on. Bars are the intervals of levels, which include the drift of the session.",
			controls,
			draw: (svg, width) => drawSweepPicture(svg, width, lines, state.key, state.metric,
				state.hidden),
			table: () => tableOfSweep(views, state.metric),
		});
		legends();
	};
})();
