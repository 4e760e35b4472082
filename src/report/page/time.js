// SPDX-License-Identifier: MIT
// Plots over time that share their axis: zoomed, and read under a cursor, together.
(function () {
	const { kit } = ringside;
	const LEAST_SPAN = 1e-6; // of the whole
	const TIP_ROWS = 8; // what the lowest of the pictures has room for
	const steps = [1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900,
		1800, 3600, 7200, 14400, 28800, 86400];

	function tickStep(span, limit) {
		return steps.find((step) => span / step <= limit) || Math.ceil(span / limit / 86400) * 86400;
	}

	// Seconds, as "90" (with the axis' unit s) or "1:30".
	function clock(span) {
		if (span < 180)
			return (value) => String(+value.toFixed(6));
		const pad = (value) => String(value).padStart(2, "0");

		return function (value) {
			const whole = Math.round(value);
			const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];

			return span >= 3 * 3600 || h > 0 ? `${h}:${pad(m)}:${pad(s)}` : `${m}:${pad(s)}`;
		};
	}

	// A group of plots over [0, end] seconds. group.plot(figure, spec) adds one:
	// spec {label, format, isLog?, lines: [{key, name, style, points: [[start, end, value]]}],
	// shown: Set of keys, marks?: [{from, to, text}]}; group.redraw() after `shown` has changed.
	kit.timeGroup = function (end) {
		const plots = [];
		let domain = [0, end], cursor = null;

		function redraw() {
			plots.forEach((plot) => plot.redraw(domain));
			moveCursor(cursor);
		}

		function zoomTo(from, to) {
			const span = Math.min(end, Math.max(end * LEAST_SPAN, to - from));
			const start = Math.min(Math.max(0, from), end - span);

			domain = [start, start + span];
			redraw();
		}

		function zoomBy(factor, centre) {
			const at = centre === null ? (domain[0] + domain[1]) / 2 : centre;

			zoomTo(at - (at - domain[0]) * factor, at + (domain[1] - at) * factor);
		}

		function moveCursor(time) {
			cursor = time;
			plots.forEach((plot) => plot.point(time));
		}

		const group = {
			get domain() { return domain; }, end, redraw, zoomTo, zoomBy, moveCursor,
			get cursor() { return cursor; },
			reset: () => zoomTo(0, end),
			add(plot) { plots.push(plot); plot.redraw(domain); },
			clock: () => clock(domain[1] - domain[0] || end),
			ticks(scale) {
				const step = tickStep(domain[1] - domain[0], Math.max(3, Math.round(scale.range()[1] / 80)));

				return d3.range(Math.ceil(domain[0] / step), Math.floor(domain[1] / step + 1e-9) + 1)
					.map((index) => index * step);
			},
			plot: (figure, spec) => linePlot(group, figure, spec),
			axis: (label) => ({ scale: d3.scaleLinear().domain(domain), label, grid: true,
				ticks: group.ticks, format: (value) => group.clock()(value) }),
			label: end < 180 ? "time, s" : "time, min:s",
		};

		return group;
	};

	// Dragging selects a range; a double click, 0 or Escape shows all; + and − zoom; arrows move the
	// cursor, or with Shift what is seen.
	kit.timeControls = function (group, figure, plot) {
		const svg = figure.svg;
		const selection = plot.frame.append("rect").attr("class", "selection").attr("height", plot.height).attr("width", 0);
		const surface = plot.frame.append("rect").attr("class", "surface").attr("width", plot.width)
			.attr("height", plot.height).attr("fill", "none").attr("pointer-events", "all").style("touch-action", "pan-y");
		let dragged = null;

		function at(event) {
			const box = surface.node().getBoundingClientRect();
			const share = (event.clientX - box.left) / box.width;

			return Math.min(plot.width, Math.max(0, share * plot.width));
		}

		surface.node().addEventListener("pointerdown", function (event) {
			dragged = at(event);
			surface.node().setPointerCapture(event.pointerId);
		});
		surface.node().addEventListener("pointermove", function (event) {
			const x = at(event);

			group.moveCursor(plot.x.invert(x));
			if (dragged !== null)
				selection.attr("x", Math.min(x, dragged)).attr("width", Math.abs(x - dragged));
		});
		surface.node().addEventListener("pointerup", function (event) {
			const x = at(event);

			selection.attr("width", 0);
			if (dragged !== null && Math.abs(x - dragged) > 6)
				group.zoomTo(plot.x.invert(Math.min(x, dragged)), plot.x.invert(Math.max(x, dragged)));
			dragged = null;
		});
		surface.node().addEventListener("pointerleave", () => dragged === null && group.moveCursor(null));
		surface.node().addEventListener("dblclick", () => group.reset());
		group.add({
			redraw: (domain) => svg.attr("data-domain", domain.join(",")),
			point() {},
		});
		svg.attr("data-zoom", "").attr("tabindex", 0).attr("role", "application")
			.attr("aria-label", `${figure.title}. Arrow keys read values, plus and minus zoom, 0 shows all.`);
		svg.node().addEventListener("keydown", function (event) {
			const [from, to] = group.domain;
			const step = (to - from) / (event.shiftKey ? 5 : 50);
			const move = { ArrowLeft: -step, ArrowRight: step }[event.key];

			if (move && event.shiftKey)
				group.zoomTo(from + move, to + move);
			else if (move)
				group.moveCursor(Math.min(to, Math.max(from, (group.cursor === null ? from : group.cursor) + move)));
			else if (event.key === "+" || event.key === "=")
				group.zoomBy(0.5, group.cursor);
			else if (event.key === "-")
				group.zoomBy(2, group.cursor);
			else if (event.key === "0" || event.key === "Escape")
				group.reset();
			else
				return;
			event.preventDefault();
		});
	};

	kit.timeButtons = function (root, group) {
		const button = (text, label, action) => kit.el("button", { type: "button", "aria-label": label, onclick: action }, text);

		root.append(kit.el("p", { class: "note controls" }, "Drag over a picture to zoom into it; all follow. ",
			button("+", "Zoom in", () => group.zoomBy(0.5, null)), " ",
			button("−", "Zoom out", () => group.zoomBy(2, null)), " ",
			button("Show all", "Show all of the time", () => group.reset())));
	};

	// The values of a line at a time: an index into its points, or -1.
	const bisect = d3.bisector((point) => point[1]).right;

	function pointAt(line, time) {
		const index = Math.min(bisect(line.points, time), line.points.length - 1);
		const point = line.points[index];

		return point && time >= point[0] - 1e-9 && time <= point[1] + 1e-9 ? point : null;
	}

	// What is seen of a line, with its neighbours at the edges.
	function visible(line, [from, to]) {
		const first = bisect(line.points, from);
		const last = bisect(line.points, to);

		return line.points.slice(Math.max(0, first - 1), last + 2);
	}

	function valueDomain(lines, domain, spec) {
		const values = lines.flatMap((line) => visible(line, domain).map((point) => point[2]))
			.filter((value) => value !== null && (!spec.isLog || value > 0));
		const [low, high] = d3.extent(values);

		if (low === undefined)
			return spec.isLog ? [1, 10] : [0, 1];
		if (spec.isLog)
			return [low / 1.15, high * 1.15];
		return [Math.min(0, low), high * 1.06 || 1];
	}

	function linePlot(group, figure, spec) {
		const y = { scale: spec.isLog ? d3.scaleLog() : d3.scaleLinear(), label: spec.label, format: spec.format,
			ticks: spec.isLog ? kit.decades(6) : spec.ticks };

		y.scale.domain(spec.isLog ? [1, 10] : [0, 1]);
		const plot = kit.plot(figure, { x: group.axis(group.label), y, margin: spec.margin });
		const marks = plot.g.append("g");
		const curves = plot.g.append("g");
		const rule = plot.frame.append("line").attr("class", "cursor").attr("y2", plot.height).attr("display", "none");
		const tip = plot.frame.append("g").attr("class", "tip").attr("pointer-events", "none").attr("display", "none");
		const live = kit.el("output", { class: "hidden", "aria-live": "polite" });

		figure.element.append(live);
		figure.names = shownLines;
		kit.timeControls(group, figure, plot);
		tip.raise();

		function shownLines() {
			return spec.lines.filter((line) => !spec.shown || spec.shown.has(line.key));
		}

		// Few intervals are drawn as steps: that is what they are.
		function path(line, domain) {
			const points = visible(line, domain);
			const isStepped = points.length <= 150;
			const shape = d3.line().defined((point) => point[1] !== null && Number.isFinite(point[1])
				&& (!spec.isLog || point[1] > 0)).x((point) => plot.x(point[0])).y((point) => plot.y(point[1]));
			const flat = isStepped ? points.flatMap((p) => [[p[0], p[2]], [p[1], p[2]]])
				: points.map((p) => [(p[0] + p[1]) / 2, p[2]]);

			return shape(flat);
		}

		group.add({
			redraw(domain) {
				const lines = shownLines();

				plot.x.domain(domain);
				plot.y.domain(valueDomain(lines, domain, spec));
				plot.redraw();
				const paths = curves.selectAll("path").data(lines, (line) => line.key);

				paths.exit().remove();
				paths.enter().append("path").attr("class", "series")
					.style("stroke", (line) => line.style.color)
					.attr("stroke-dasharray", (line) => line.style.dash)
					.merge(paths).attr("d", (line) => path(line, domain));
				drawMarks(marks, plot, spec.marks || []);
			},
			point(time) {
				const isSeen = time !== null && time >= group.domain[0] && time <= group.domain[1];

				rule.attr("display", isSeen ? null : "none");
				tip.attr("display", isSeen ? null : "none");
				if (!isSeen)
					return;
				rule.attr("x1", plot.x(time)).attr("x2", plot.x(time));
				const rows = shownLines().map((line) => ({ line, point: pointAt(line, time) }))
					.filter((row) => row.point && row.point[2] !== null)
					.sort((a, b) => b.point[2] - a.point[2]);

				drawTip(tip, plot, plot.x(time), rows, spec.format, `${clock(group.end)(time)}${group.end < 180 ? " s" : ""}`);
				live.textContent = document.activeElement === figure.svg.node()
					? rows.map(({ line, point }) => `${line.name}: ${spec.format(point[2])}`).join(", ") : "";
			},
		});
		return plot;
	}

	// Spans of time that are to be seen: {from, to, text}.
	function drawMarks(layer, plot, marks) {
		const groups = layer.selectAll("g").data(marks);
		const entered = groups.enter().append("g");

		entered.append("rect").attr("fill", "var(--warn)").attr("opacity", 0.25).append("title").text((mark) => mark.text);
		entered.append("text").attr("class", "dim").attr("y", 10);
		const all = entered.merge(groups);

		all.select("rect").attr("x", (mark) => plot.x(mark.from)).attr("height", plot.height)
			.attr("width", (mark) => Math.max(2, plot.x(mark.to) - plot.x(mark.from)));
		all.select("text").text((mark) => mark.text)
			.attr("x", (mark) => plot.x(mark.from) > plot.width * 0.75 ? plot.x(mark.from) - 4 : plot.x(mark.to) + 5)
			.attr("text-anchor", (mark) => plot.x(mark.from) > plot.width * 0.75 ? "end" : "start");
	}

	function drawTip(tip, plot, x, rows, format, title) {
		const LINE = 16;
		const seen = rows.length > TIP_ROWS ? rows.slice(0, TIP_ROWS) : rows;
		const texts = seen.map(({ line, point }) => `${kit.shorten(line.name, 32)}: ${format(point[2])}`);
		const head = rows.length > seen.length ? `${title}, the highest ${seen.length} of ${rows.length}` : title;
		const width = 30 + 6.6 * d3.max([head, ...texts], (text) => text.length);
		const left = x + 12 + width > plot.width ? x - 12 - width : x + 12;

		tip.selectAll("*").remove();
		tip.attr("transform", `translate(${left},2)`);
		tip.append("rect").attr("width", width).attr("height", LINE * (texts.length + 1) + 8).attr("rx", 4);
		tip.append("text").attr("class", "dim").attr("x", 8).attr("y", 16).text(head);
		texts.forEach(function (text, index) {
			const y = LINE * (index + 1) + 16;
			const style = seen[index].line.style;

			tip.append("line").attr("x1", 6).attr("x2", 20).attr("y1", y - 4).attr("y2", y - 4).attr("stroke-width", 2.5)
				.style("stroke", style.color).attr("stroke-dasharray", style.dash);
			tip.append("text").attr("x", 26).attr("y", y).text(text);
		});
	}
})();
