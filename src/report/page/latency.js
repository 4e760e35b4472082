// SPDX-License-Identifier: MIT
// Latencies: histograms of documents, their percentiles, and pictures of distributions. Buckets are
// those of measure/histogram.h.
(function () {
	const { kit } = ringside;
	const STEP_BITS = 7;
	const STEPS = 1 << STEP_BITS;
	const SAMPLES_ABOVE = 10; // of a percentile: SAMPLES_ABOVE_NEEDED of the text output

	const latency = kit.latency = {
		// Lowest and highest ns of a bucket.
		lowest(index) {
			if (index < 2 * STEPS)
				return index;
			const shift = (index >> STEP_BITS) - 1;

			return (index - shift * STEPS) * 2 ** shift;
		},
		highest(index) {
			return index < 2 * STEPS ? index : latency.lowest(index) + 2 ** ((index >> STEP_BITS) - 1) - 1;
		},
	};

	// Steps of the distribution of {min, max, count, histogram: {counts}}: [[ns, cumulative share]],
	// each the most that this share took.
	latency.steps = function (lat) {
		const counts = lat && lat.histogram && lat.histogram.counts;
		let sum = 0;

		if (!counts && lat && lat.count && lat.percentiles) // of fio's JSON: what it has
			return Object.entries(lat.percentiles).map(([percent, ns]) => [ns, percent / 100])
				.sort((a, b) => a[1] - b[1]).concat([[lat.max, 1]]);
		if (!counts || !lat.count)
			return [];
		return counts.map(function ([index, count]) {
			sum += count;
			return [Math.min(Math.max(latency.highest(index), lat.min), lat.max), sum / lat.count];
		});
	};

	// By the buckets where the document has no such percentile.
	latency.percentile = function (lat, percent) {
		if (!lat || !lat.count)
			return null;
		if (lat.percentiles && String(percent) in lat.percentiles)
			return lat.percentiles[percent];
		const step = latency.steps(lat).find((one) => one[1] >= percent / 100 - 1e-12);

		return step ? step[0] : null;
	};

	// Null, too, where it rests on fewer than SAMPLES_ABOVE samples: the text output shows none then.
	// What fio says is told as fio says it, there and here.
	latency.supported = (lat, percent) => lat && (lat.isAsTold || lat.count * (100 - percent) / 100 >= SAMPLES_ABOVE * (1 - 1e-9))
		? latency.percentile(lat, percent) : null;

	// {count, min, max, histogram} of several together: buckets are added.
	latency.merged = function (lats) {
		const some = lats.filter((lat) => lat && lat.count > 0);
		const counts = new Map();

		for (const lat of some) {
			for (const [index, count] of lat.histogram && lat.histogram.counts || [])
				counts.set(index, (counts.get(index) || 0) + count);
		}
		return { count: d3.sum(some, (lat) => lat.count), min: d3.min(some, (lat) => lat.min), max: d3.max(some, (lat) => lat.max),
			histogram: { counts: [...counts].sort((a, b) => a[0] - b[0]) } };
	};

	// Where a share lies on an axis that gives each nine the same room: 0.9 at 1, 0.99 at 2.
	const nines = (share) => -Math.log10(Math.max(1e-12, 1 - share));
	const levels = [0, 0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999, 0.999999, 0.9999999, 0.99999999];
	const levelName = (at) => {
		const share = levels.find((level) => Math.abs(nines(level) - at) < 1e-6);

		return share === 0 ? "min" : `p${+(share * 100).toFixed(6)}`;
	};

	// The last step has no end on that axis: it is drawn to where its last sample is.
	function tailOf(lat) {
		return nines(1 - 1 / (2 * lat.count));
	}

	// At most `limit` steps, the first and last of those that fall together.
	function thinned(points, limit) {
		const step = Math.ceil(points.length / limit);

		return step <= 1 ? points : points.filter((point, index) => index % step === 0 || index > points.length - 40);
	}

	function drawLines(plot, entries, shown, pointsOf, curve) {
		const shape = d3.line().x((point) => plot.x(point[0])).y((point) => plot.y(point[1])).curve(curve);
		const paths = plot.g.selectAll("path.series").data(entries.filter((entry) => shown.has(entry.key)), (entry) => entry.key);

		paths.exit().remove();
		paths.enter().append("path").attr("class", "series").style("stroke", (entry) => entry.style.color)
			.attr("stroke-dasharray", (entry) => entry.style.dash).merge(paths)
			.attr("d", (entry) => shape(pointsOf(entry)));
	}

	// Reads a distribution plot under the pointer: nearest of each line's values.
	function addReader(figure, plot, entries, shown, read, titleOf) {
		const rule = plot.frame.append("line").attr("class", "cursor").attr("y2", plot.height).attr("display", "none");
		const tip = kit.el("output", { class: "reading" });
		const surface = plot.frame.append("rect").attr("width", plot.width).attr("height", plot.height)
			.attr("fill", "none").attr("pointer-events", "all");
		let at = null;

		figure.element.append(tip);
		figure.names = () => entries.filter((entry) => shown.has(entry.key));
		figure.svg.attr("tabindex", 0).attr("role", "application")
			.attr("aria-label", `${figure.title}. Arrow keys read values.`);

		function show(x) {
			at = x;
			rule.attr("display", x === null ? "none" : null);
			tip.textContent = "";
			if (x === null)
				return;
			rule.attr("x1", x).attr("x2", x);
			tip.textContent = `${titleOf(plot.x.invert(x))}: ${entries.filter((entry) => shown.has(entry.key))
				.map((entry) => `${entry.name} ${read(entry, plot.x.invert(x))}`).join(", ")}`;
		}

		surface.node().addEventListener("pointermove", function (event) {
			const box = surface.node().getBoundingClientRect();

			show(Math.min(plot.width, Math.max(0, (event.clientX - box.left) / box.width * plot.width)));
		});
		surface.node().addEventListener("pointerleave", () => show(null));
		figure.svg.node().addEventListener("keydown", function (event) {
			const move = { ArrowLeft: -1, ArrowRight: 1 }[event.key];

			if (!move)
				return;
			show(Math.min(plot.width, Math.max(0, (at === null ? 0 : at) + move * plot.width / 60)));
			event.preventDefault();
		});
	}

	// entries: [{key, name, style, lat}]; shown: Set of keys. Gives a function that draws anew.
	latency.plots = function (root, entries, shown) {
		const some = entries.filter((entry) => latency.steps(entry.lat).length > 0);
		const redraws = [];

		if (some.length === 0)
			return () => {};
		const range = [d3.min(some, (entry) => Math.max(1, entry.lat.min)), d3.max(some, (entry) => Math.max(2, entry.lat.max))];

		redraws.push(percentilePlot(root, some, shown, range), cumulativePlot(root, some, shown, range));
		return () => redraws.forEach((redraw) => redraw());
	};

	function percentilePlot(root, entries, shown, range) {
		const figure = kit.figure(root, { title: "Latency by percentile", height: 320,
			note: "Each step to the right is a tenth of the I/Os that are left: the tail has its room." });
		const end = d3.max(entries, (entry) => tailOf(entry.lat));
		const plot = kit.plot(figure, {
			x: { scale: d3.scaleLinear().domain([0, end]), label: "percentile", grid: true,
				ticks: levels.map(nines).filter((at) => at <= end), format: levelName },
			y: { scale: d3.scaleLog().domain([range[0] * 0.9, range[1] * 1.15]), label: "latency",
				format: kit.format.time, ticks: kit.decades() } });
		const points = new Map(entries.map((entry) => [entry.key, thinned([[0, Math.max(1, entry.lat.min)],
			...latency.steps(entry.lat).map(([ns, share]) => [Math.min(nines(share), tailOf(entry.lat)), Math.max(1, ns)])], 1500)]));
		const shareOf = (at) => 1 - 10 ** -at;
		const redraw = () => drawLines(plot, entries, shown, (entry) => points.get(entry.key), d3.curveStepBefore);

		redraw();
		addReader(figure, plot, entries, shown, function (entry, at) {
			const step = latency.steps(entry.lat).find((one) => one[1] >= shareOf(at) - 1e-12);

			return step && at <= tailOf(entry.lat) ? kit.format.time(step[0]) : "–";
		}, (at) => `p${(shareOf(at) * 100).toPrecision(Math.min(9, 3 + Math.floor(at)))}`);
		figure.table([{ name: "Percentile", text: true, value: (level) => `p${+(level * 100).toFixed(6)}` },
			...entries.map((entry) => ({ name: entry.name, unit: "ns", format: kit.format.exact,
				value: (level) => latency.supported(entry.lat, +(level * 100).toFixed(6)) }))],
		[0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.995, 0.999, 0.9995, 0.9999, 0.99999]);
		return redraw;
	}

	function shareWithin(lat, ns) {
		const steps = latency.steps(lat);
		const index = d3.bisector((one) => one[0]).right(steps, ns) - 1;

		return index < 0 ? 0 : steps[index][1];
	}

	function cumulativePlot(root, entries, shown, range) {
		const figure = kit.figure(root, { title: "Share of I/Os by latency", height: 280 });
		const plot = kit.plot(figure, {
			x: { scale: d3.scaleLog().domain([range[0] * 0.9, range[1] * 1.1]), label: "latency", grid: true,
				format: kit.format.time, ticks: kit.decades(Math.round(figure.width / 66)) },
			y: { scale: d3.scaleLinear().domain([0, 1]), label: "I/Os that took no longer", format: kit.format.percent } });
		const points = new Map(entries.map((entry) => [entry.key,
			thinned([[Math.max(1, entry.lat.min), 0], ...latency.steps(entry.lat).map(([ns, share]) => [Math.max(1, ns), share])], 1500)]));
		const redraw = () => drawLines(plot, entries, shown, (entry) => points.get(entry.key), d3.curveStepAfter);

		redraw();
		addReader(figure, plot, entries, shown, (entry, ns) => kit.format.percent(shareWithin(entry.lat, ns)), (ns) => `within ${kit.format.time(ns)}`);
		figure.table([{ name: "Latency", text: true, value: (ns) => kit.format.time(ns) },
			...entries.map((entry) => ({ name: entry.name, format: kit.format.percent, value: (ns) => shareWithin(entry.lat, ns) }))], () => kit.decades(40)(plot.x));
		return redraw;
	}

	// A map of latency by time: cells [[from, to, [[row, count]...]]...], rows of 2^rowBits buckets.
	// `group` is the time axis that it follows.
	latency.map = function (root, { title, note, group, columns, rowBits }) {
		const rows = columns.flatMap((column) => column[2].map((cell) => cell[0]));

		if (rows.length === 0)
			return null;
		const [first, last] = d3.extent(rows);
		const rowEdge = (row) => Math.max(1, latency.lowest(row << rowBits));
		const figure = kit.figure(root, { title, note, height: 230 });
		const plot = kit.plot(figure, { x: group.axis(group.label),
			y: { scale: d3.scaleLog().domain([rowEdge(first), rowEdge(last + 1)]), label: "latency",
				format: kit.format.time, ticks: kit.decades(6), grid: false } });
		const image = plot.g.append("image").attr("preserveAspectRatio", "none").style("image-rendering", "pixelated");
		const dark = matchMedia("(prefers-color-scheme: dark)");
		const share = columns.flatMap((column) => column[2].map((cell) => cell[1] / (column[1] - column[0])));
		const shade = d3.scaleLog().domain([d3.min(share), d3.max(share) * 1.0001]).range([0.12, 1]);

		// A pixel a column; rows are as high as the logarithmic axis has them.
		function paint() {
			const canvas = kit.el("canvas", { width: columns.length, height: plot.height });
			const context = canvas.getContext("2d");
			const color = dark.matches ? d3.interpolateInferno : d3.interpolateYlGnBu;

			columns.forEach(([from, to, cells], column) => cells.forEach(function ([row, count]) {
				const top = Math.round(plot.y(rowEdge(row + 1)));

				context.fillStyle = color(shade(count / (to - from)));
				context.fillRect(column, top, 1, Math.max(1, Math.round(plot.y(rowEdge(row))) - top));
			}));
			image.attr("href", canvas.toDataURL());
		}

		kit.timeControls(group, figure, plot);
		paint();
		dark.addEventListener("change", paint);
		const ends = [columns[0][0], columns[columns.length - 1][1]];

		group.add({
			redraw(domain) {
				plot.x.domain(domain);
				plot.redraw();
				image.attr("x", plot.x(ends[0])).attr("width", plot.x(ends[1]) - plot.x(ends[0]))
					.attr("y", 0).attr("height", plot.height);
			},
			point() {},
		});
		figure.table([{ name: "From", unit: "s", format: kit.format.number, value: (row) => row[0] },
			{ name: "To", unit: "s", format: kit.format.number, value: (row) => row[1] },
			{ name: "Latency from", format: kit.format.time, value: (row) => row[2] },
			{ name: "below", format: kit.format.time, value: (row) => row[3] },
			{ name: "I/Os", format: kit.format.exact, value: (row) => row[4] }],
		() => columns.flatMap(([from, to, cells]) => cells.map(([row, count]) => [from, to, latency.lowest(row << rowBits),
			latency.lowest((row + 1) << rowBits), count])).slice(0, 4000));
		return figure;
	};
})();
