// SPDX-License-Identifier: MIT
// Figures: a picture with its title, its buttons and its table; and plots in them, with axes.
(function () {
	const { kit } = ringside;
	// Of pictures, in their own units; they are as wide as the page is. Less on a small screen, where
	// their text would be too small to read.
	const [LEAST_WIDTH, MOST_WIDTH] = [440, 1080];
	const WIDTH = Math.min(MOST_WIDTH, Math.max(LEAST_WIDTH, document.getElementById("report").clientWidth - 20));
	const dashes = [null, "7 3", "2 3", "9 3 2 3", "12 4", "4 2 1 2", "1 2", "14 3 4 3"];

	// Lines differ by colour and dash, so that none of them needs colour.
	kit.style = (index) => ({ color: kit.colour(index), dash: dashes[(index + Math.floor(index / 8)) % 8] });

	const painted = ["fill", "stroke", "stroke-width", "stroke-dasharray", "opacity", "fill-opacity",
		"stroke-linejoin", "image-rendering", "font-family", "font-size", "font-weight", "text-anchor"];

	// Title above, names of series below: a picture that is saved stands alone.
	function addNames(copy, title, names) {
		const [TITLE, ROW, MARGIN] = [30, 20, 12];
		const box = { width: WIDTH, height: Number(copy.getAttribute("viewBox").split(" ")[3]) };
		const root = d3.select(copy);
		const inner = root.append("g").attr("transform", `translate(0,${TITLE})`);
		const ink = getComputedStyle(document.body).color;
		let [x, y] = [MARGIN, TITLE + box.height + ROW - 4];
		const text = (value) => root.append("text").text(value).attr("fill", ink).attr("font-size", 13)
			.attr("font-family", "system-ui, sans-serif");

		for (const child of [...copy.childNodes].filter((one) => one !== inner.node() && one.tagName !== "clipPath"))
			inner.node().append(child);
		text(title).attr("x", MARGIN).attr("y", 20).attr("font-weight", 600).attr("font-size", 15);
		for (const { name, style } of names) {
			const width = 50 + 7.4 * name.length;

			if (x + width > WIDTH && x > MARGIN)
				[x, y] = [MARGIN, y + ROW];
			root.append("line").attr("x1", x).attr("x2", x + 28).attr("y1", y - 4).attr("y2", y - 4).attr("stroke-width", 2.5)
				.attr("stroke", colorOf(style.color)).attr("stroke-dasharray", style.dash);
			text(name).attr("x", x + 34).attr("y", y);
			x += width;
		}
		box.height = names.length > 0 ? y + MARGIN : TITLE + box.height;
		root.attr("viewBox", `0 0 ${box.width} ${box.height}`);
		return box;
	}

	// What "var(--s0)" is at the moment.
	function colorOf(color) {
		const name = /^var\((--[\w-]+)\)$/.exec(color);

		return name ? getComputedStyle(document.documentElement).getPropertyValue(name[1]).trim() : color;
	}

	// A copy that needs no style sheet: what the style computes stands in its elements.
	function standalone(svg, title, names) {
		const copy = svg.cloneNode(true);
		const sources = [svg, ...svg.querySelectorAll("*")];

		[copy, ...copy.querySelectorAll("*")].forEach((element, index) => {
			const style = getComputedStyle(sources[index]);

			for (const name of painted)
				element.setAttribute(name, style.getPropertyValue(name));
			element.removeAttribute("style");
			element.removeAttribute("tabindex");
		});
		for (const element of copy.querySelectorAll(".cursor, .tip, .selection"))
			element.remove();
		const box = addNames(copy, title, names);
		const ground = document.createElementNS("http://www.w3.org/2000/svg", "rect");

		ground.setAttribute("width", "100%");
		ground.setAttribute("height", "100%");
		ground.setAttribute("fill", getComputedStyle(document.body).backgroundColor);
		copy.prepend(ground);
		copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
		copy.setAttribute("width", box.width);
		copy.setAttribute("height", box.height);
		return { box, blob: new Blob([new XMLSerializer().serializeToString(copy)], { type: "image/svg+xml" }) };
	}

	function savePng({ box, blob }, name) {
		const SCALE = 2;
		const image = new Image();
		const url = URL.createObjectURL(blob);

		image.onload = function () {
			const canvas = kit.el("canvas", { width: box.width * SCALE, height: box.height * SCALE });

			canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
			URL.revokeObjectURL(url);
			canvas.toBlob((picture) => kit.save(picture, `${name}.png`), "image/png");
		};
		image.src = url;
	}

	// figure {title, note?, height}: {element, svg (a d3 selection), width, height, title, names(), table()}.
	// `title` names the picture for those who do not see it, too.
	kit.figure = function (root, { title, note, height }) {
		const name = kit.fileName(title);
		const tools = kit.el("span", { class: "tools" });
		const caption = kit.el("figcaption", null, kit.el("span", { class: "title" }, title), tools,
			note && kit.el("span", { class: "note" }, note));
		const element = kit.el("figure", null, caption);
		const svg = d3.select(element).append("svg").attr("viewBox", `0 0 ${WIDTH} ${height}`)
			.attr("role", "img").attr("aria-label", title);

		tools.append(
			kit.el("button", { type: "button", "data-save": "svg", "aria-label": `Save as SVG: ${title}`,
				onclick: () => kit.save(alone().blob, `${name}.svg`) }, "SVG"), " ",
			kit.el("button", { type: "button", "data-save": "png", "aria-label": `Save as PNG: ${title}`,
				onclick: () => savePng(alone(), name) }, "PNG"));
		root.append(element);
		const figure = {
			element, svg, width: WIDTH, height, title,
			names: () => [], // [{name, style}] of the series that it shows: they are saved with it
			// The same figures as a table, as kit.table(); `rows` may be a function that makes them.
			table(columns, rows) {
				kit.details(element, "Table", () => kit.table(columns,
					typeof rows === "function" ? rows() : rows, title));
			},
		};
		const alone = () => standalone(svg.node(), title, figure.names());

		return figure;
	};

	// Axes in a figure. x, y: {scale (d3, its domain set), label, format?, ticks? (number or values),
	// grid? (default: y only)}; margin: {top, right, bottom, left} by default for numbers on the left.
	// Gives {g, frame, x, y, width, height, redraw()}: draw into `g`; after a domain has changed, redraw().
	kit.plot = function (figure, { x, y, margin }) {
		const space = Object.assign({ top: 24, right: 20, bottom: 40, left: 76 }, margin);
		const width = figure.width - space.left - space.right;
		const height = figure.height - space.top - space.bottom;
		const frame = figure.svg.append("g").attr("transform", `translate(${space.left},${space.top})`);
		const clip = kit.id("clip");
		const layers = {};

		x.scale.range([0, width]);
		y.scale.range(y.isDown ? [0, height] : [height, 0]);
		figure.svg.append("clipPath").attr("id", clip).append("rect")
			.attr("y", -4).attr("width", width).attr("height", height + 8);
		for (const name of ["gridX", "gridY"])
			layers[name] = frame.append("g").attr("class", "grid");
		const g = frame.append("g").attr("clip-path", `url(#${clip})`);

		layers.x = frame.append("g").attr("class", "axis").attr("transform", `translate(0,${height})`);
		layers.y = frame.append("g").attr("class", "axis");
		if (x.label)
			frame.append("text").attr("class", "dim").attr("x", width).attr("y", height + 34)
				.attr("text-anchor", "end").text(`${x.label} →`);
		if (y.label)
			frame.append("text").attr("class", "dim").attr("x", -space.left + 4).attr("y", -10)
				.text(`↑ ${y.label}`);

		function axis(make, side, defaultTicks) {
			const one = make(side.scale).tickSizeOuter(0);
			const ticks = typeof side.ticks === "function" ? side.ticks(side.scale) : side.ticks;

			if (Array.isArray(ticks))
				one.tickValues(ticks);
			else if (side.scale.ticks)
				one.ticks(ticks || defaultTicks);
			if (side.format)
				one.tickFormat(kit.tick(side.format));
			return one;
		}

		function redraw() {
			const lines = Math.max(2, Math.round(height / 45));
			const columns = Math.max(3, Math.round(width / 100));

			layers.x.call(axis(d3.axisBottom, x, columns));
			layers.y.call(axis(d3.axisLeft, y, lines));
			if (y.grid !== false)
				layers.gridY.call(axis(d3.axisLeft, y, lines).tickSize(-width).tickFormat(""));
			if (x.grid)
				layers.gridX.attr("transform", `translate(0,${height})`)
					.call(axis(d3.axisBottom, x, columns).tickSize(-height).tickFormat(""));
		}

		redraw();
		return { g, frame, x: x.scale, y: y.scale, width, height, redraw };
	};

	// Ticks of a logarithmic scale: 1, 2, 5 of each decade where there is room, else decades.
	kit.decades = function (limit) {
		return function (scale) {
			const [low, high] = d3.extent(scale.domain());
			const fill = (steps) => d3.range(Math.floor(Math.log10(low)), Math.ceil(Math.log10(high)) + 1)
				.flatMap((power) => steps.map((step) => step * 10 ** power))
				.filter((value) => value >= low * 0.999 && value <= high * 1.001);
			const fine = fill([1, 2, 5]);

			if (fine.length > (limit || 7))
				return fill([1]);
			return fine.length > 1 ? fine : scale.copy().ticks(4).filter((value, index, all) => index % Math.ceil(all.length / 4) === 0);
		};
	};

	// Ticks of bytes: steps are powers of two, for these are round in each unit.
	kit.byteTicks = function (scale) {
		const [low, high] = d3.extent(scale.domain());
		const step = 2 ** Math.max(0, Math.ceil(Math.log2((high - low) / 5)));

		return d3.range(Math.ceil(low / step), Math.floor(high / step) + 1).map((index) => index * step);
	};

	// Buttons that show and hide series: entries [{key, name, style}]; gives the Set of those shown,
	// and calls changed() after each change.
	kit.legend = function (root, entries, changed) {
		const shown = new Set(entries.map((entry) => entry.key));
		const buttons = entries.map(function (entry) {
			const button = kit.el("button", { type: "button", "aria-pressed": "true", onclick() {
				if (shown.has(entry.key))
					shown.delete(entry.key);
				else
					shown.add(entry.key);
				button.setAttribute("aria-pressed", String(shown.has(entry.key)));
				changed();
			} });
			const svg = d3.select(button).append("svg").attr("viewBox", "0 0 28 10").attr("aria-hidden", "true");

			svg.append("line").attr("x1", 0).attr("x2", 28).attr("y1", 5).attr("y2", 5).attr("stroke-width", 2.5)
				.style("stroke", entry.style.color).attr("stroke-dasharray", entry.style.dash);
			button.append(entry.name);
			return button;
		});

		root.append(kit.el("div", { class: entries.length > 12 ? "legend many" : "legend", role: "group", "aria-label": "Show and hide" }, buttons));
		return shown;
	};

	// Bars of parts, one below the other. rows: [{name, parts: [value...]}]; parts: their names.
	kit.bars = function (root, { title, note, parts, rows, format, label }) {
		const ROW = 30;
		const height = rows.length * ROW + 84;
		const figure = kit.figure(root, { title, note, height });
		const left = Math.min(260, figure.width * 0.4, 24 + 7.2 * d3.max(rows, (row) => row.name.length));
		const total = (row) => d3.sum(row.parts);
		const scale = d3.scaleLinear().domain([0, d3.max(rows, total) || 1]).nice();
		const names = d3.scaleBand().domain(d3.range(rows.length)).padding(0.25);
		const plot = kit.plot(figure, { margin: { left, right: 90, top: 34 },
			x: { scale, label, format, grid: true, ticks: Math.max(1, Math.floor((figure.width - left - 90) / 90)) },
			y: { scale: names, isDown: true, grid: false,
				format: (index) => kit.shorten(rows[index].name, Math.max(8, Math.floor((left - 20) / 7))) } });
		const fills = parts.map((part, index) => hatch(figure.svg, index));

		rows.forEach(function (row, index) {
			let start = 0;

			row.parts.forEach(function (value, part) {
				if (!(value > 0))
					return;
				plot.g.append("rect").attr("x", scale(start)).attr("y", names(index))
					.attr("width", Math.max(1, scale(start + value) - scale(start)))
					.attr("height", names.bandwidth()).attr("fill", fills[part])
					.append("title").text(`${row.name}, ${parts[part]}: ${format(value)}`);
				start += value;
			});
			plot.frame.append("text").attr("x", scale(total(row)) + 6).attr("dy", "0.35em")
				.attr("y", names(index) + names.bandwidth() / 2).text(format(total(row)));
		});
		let at = 0;

		parts.forEach(function (part, index) {
			if (!rows.some((row) => row.parts[index] > 0))
				return;
			const key = figure.svg.append("g").attr("transform", `translate(${left + at},8)`);

			key.append("rect").attr("width", 18).attr("height", 12).attr("fill", fills[index]);
			key.append("text").attr("x", 24).attr("y", 10).text(part);
			at += 48 + 7 * part.length;
		});
		return figure;
	};

	// A fill that differs from others without colour.
	function hatch(svg, index) {
		if (index === 0)
			return "var(--s0)";
		const id = kit.id("hatch");
		const pattern = svg.append("pattern").attr("id", id).attr("width", 6).attr("height", 6)
			.attr("patternUnits", "userSpaceOnUse").attr("patternTransform", `rotate(${index * 45})`);

		pattern.append("rect").attr("width", 6).attr("height", 6).style("fill", `var(--s${index})`).attr("opacity", 0.35);
		pattern.append("line").attr("x1", 1.5).attr("x2", 1.5).attr("y2", 6).style("stroke", `var(--s${index})`)
			.attr("stroke-width", 3);
		return `url(#${id})`;
	}

	kit.shorten = (text, limit) => text.length <= limit ? text : `${text.slice(0, limit - 1)}…`;
})();
