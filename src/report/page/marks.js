// SPDX-License-Identifier: MIT
// What the pages of comparisons, checks and curves have in common: how a series is marked (a
// colour, and a shape beside it), texts that are cut to their room, scales of ratios.
(function () {
	const { kit } = ringside;
	const shapes = [d3.symbolCircle, d3.symbolSquare, d3.symbolTriangle, d3.symbolDiamond,
		d3.symbolCross, d3.symbolStar, d3.symbolWye];
	const COLOURS = 8; // --s0 to --s7 of page.css

	// The n-th series: seven shapes and eight colours make 56 that differ.
	kit.colour = (index) => `var(--s${index % COLOURS})`;
	kit.shape = (index, size) => d3.symbol().type(shapes[index % shapes.length]).size(size || 60)();

	// A mark of the n-th series at a place; `isOpen`: its outline alone.
	kit.mark = function (parent, index, x, y, isOpen, size) {
		return parent.append("path").attr("class", "mark").attr("d", kit.shape(index, size))
			.attr("transform", `translate(${x},${y})`)
			.style("fill", isOpen ? "var(--ground)" : kit.colour(index))
			.style("stroke", kit.colour(index)).style("stroke-width", 1.4);
	};

	// Cuts a text of the picture to `room` pixels; the whole of it is its title.
	kit.fit = function (text, room) {
		const node = text.node();
		const whole = node.textContent;
		let count = whole.length;

		if (node.getComputedTextLength() <= room)
			return text;
		while (count > 1 && node.getComputedTextLength() > room) {
			count = Math.min(count - 1,
				Math.floor(count * room / node.getComputedTextLength()) + 1);
			node.textContent = `${whole.slice(0, count)}…`;
		}
		text.append("title").text(whole);
		return text;
	};

	// A text with what it means for those who point at it.
	kit.hint = (element, hint) => element.append("title").text(hint) && element;

	// A number, or null where it is not known.
	kit.known = (value) => (typeof value === "number" && Number.isFinite(value) ? value : null);

	// Differences of ratios, logarithmically: -0.5 and +1 are as far from 0.
	kit.ratioScale = function (least, most, range) {
		const scale = d3.scaleLinear().domain([Math.log1p(least), Math.log1p(most)]).range(range);
		const at = (effect) => scale(Math.log1p(Math.max(effect, -0.9999)));

		at.ticks = function (count) {
			const span = (1 + most) / (1 + least);
			const linear = d3.scaleLinear().domain([least, most]).ticks(count);
			const wide = [0.001, 0.01, 0.03, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 100, 1000, 1e4];
			const steps = span < 20 ? [0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 4, 5, 7, 10, 15, 20] : wide;

			return span < 4 ? linear
				: steps.map((step) => step - 1).filter((tick) => tick >= least && tick <= most);
		};
		at.format = (tick) => ((1 + most) / (1 + least) < 4 ? kit.signed(tick * 100, " %")
			: `×${Number((1 + tick).toPrecision(3))}`);
		return at;
	};

	// "+3", "-3", "0", short as on an axis.
	kit.signed = (value, unit) =>
		`${value > 0 ? "+" : ""}${Number(value.toPrecision(3))}${unit || ""}`;

	// "+17.9%" as the text output has effects.
	kit.effect = (effect) => (effect === null ? "–"
		: `${effect >= 0 ? "+" : "-"}${(Math.abs(effect) * 100).toFixed(1)}%`);

	// "[17.2, 18.9]" in percent; "" where there is no interval.
	kit.bounds = (lo, hi) => (lo === null || hi === null ? ""
		: `[${(lo * 100).toFixed(1)}, ${(hi * 100).toFixed(1)}]`);

	// Ticks have no more digits than they need: "2 µs", "1.5M".
	kit.tick = (format) => (value) => format(value).replace(/\.0+(?!\d)|(\.\d*?[1-9])0+(?!\d)/, "$1");

	// Axes with a name each. `ticks` are about so many.
	kit.axisBottom = function (svg, scale, box, title, count, format) {
		const axis = d3.axisBottom(scale).ticks(count || 6).tickSizeOuter(0);
		const group = svg.append("g").attr("class", "axis")
			.attr("transform", `translate(0,${box.bottom})`);

		if (format)
			axis.tickFormat(kit.tick(format));
		group.call(axis);
		svg.append("text").attr("class", "dim").attr("x", box.right).attr("y", box.bottom + 32)
			.attr("text-anchor", "end").text(title);
		return group;
	};

	kit.axisLeft = function (svg, scale, box, title, values, format) {
		const axis = d3.axisLeft(scale).tickSizeOuter(0).tickFormat(kit.tick(format));

		if (Array.isArray(values))
			axis.tickValues(values);
		else
			axis.ticks(values || 5);
		svg.append("g").attr("class", "grid").attr("transform", `translate(${box.left},0)`)
			.call(d3.axisLeft(scale).tickSize(box.left - box.right).tickFormat("")
				.tickValues(Array.isArray(values) ? values : scale.ticks(values || 5)));
		svg.append("g").attr("class", "axis").attr("transform", `translate(${box.left},0)`).call(axis);
		svg.append("text").attr("class", "dim").attr("x", 0).attr("y", box.top - 8).text(title);
	};

	// Ticks of a logarithmic axis, at most about `limit`.
	kit.ticksOf = function (domain, limit) {
		const all = [[1, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9], [1, 2, 3, 5, 7], [1, 2, 5], [1, 3], [1]]
			.map((steps) => d3.range(Math.floor(Math.log10(domain[0])), Math.log10(domain[1]) + 1)
				.flatMap((power) => steps.map((step) => step * 10 ** power))
				.filter((tick) => tick >= domain[0] && tick <= domain[1]));

		const most = limit || 8, powers = all[all.length - 1];
		const rare = powers.filter((tick, i) => i % Math.ceil(powers.length / most) === 0);

		// A narrow axis may have none of these, and one of many decades only some powers of ten.
		return all[0].length < 3 ? d3.ticks(domain[0], domain[1], Math.min(most, 5))
			: all.find((ticks) => ticks.length > 1 && ticks.length <= most) ||
				(powers.length > most ? rare : all[0]);
	};

	// Least and most of numbers, with room beside them, for a logarithmic axis.
	kit.logDomain = function (values, room) {
		const known = values.filter((value) => kit.known(value) !== null && value > 0);
		const factor = room || 1.15;

		return known.length ? [d3.min(known) / factor, d3.max(known) * factor] : [1, 10];
	};

	// Names at the ends of lines ({label, index, x, y}), moved apart where there is room for all.
	kit.lineLabels = function (svg, labels, box, width) {
		const STEP = 15;
		let lowest = -Infinity;

		if (labels.length * STEP > box.bottom - box.top + STEP)
			return;
		labels.sort((a, b) => a.y - b.y);
		for (const label of labels)
			lowest = label.at = Math.max(label.y, lowest + STEP);
		lowest = box.bottom + STEP;
		for (const label of labels.slice().reverse())
			lowest = label.at = Math.min(label.at, lowest - STEP);
		for (const label of labels) {
			svg.append("line").attr("class", "leader").attr("x1", label.x + 8)
				.attr("x2", box.right - 2).attr("y1", label.y).attr("y2", label.at)
				.style("stroke", kit.colour(label.index));
			kit.fit(svg.append("text").attr("x", box.right + 2).attr("y", label.at + 4)
				.text(label.label), width - box.right - 4);
		}
	};

	// A figure (kit.figure) that is as wide as there is room, and is drawn again when that changes.
	// draw(svg, width) gives its height; `controls` stand above it; table() makes its table, each time
	// that it is drawn. Gives {draw(), figure}.
	kit.picture = function (root, { title, note, controls, draw, table }) {
		const figure = kit.figure(root, { title, note, height: 100 });
		const svg = figure.svg;
		const holder = kit.el("details", null, kit.el("summary", null, "Table"));
		let drawn = 0;
		let isOld = true;
		const room = () => Math.round(Math.max(300, Math.min(figure.width,
			figure.element.clientWidth || figure.width)));
		const picture = { figure, draw() {
			drawn = room();
			svg.selectAll("*").remove();
			svg.attr("viewBox", `0 0 ${drawn} ${draw(svg, drawn)}`);
			isOld = true;
			fill();
		} };
		// Large tables are made when somebody looks.
		const fill = function () {
			if (!holder.open || !isOld)
				return;
			isOld = false;
			holder.replaceChildren(holder.firstChild, table());
		};

		if (controls)
			figure.element.insertBefore(controls, svg.node());
		holder.addEventListener("toggle", fill);
		figure.element.append(holder);
		picture.draw();
		new ResizeObserver(() => Math.abs(room() - drawn) > 8 && picture.draw())
			.observe(figure.element);
		return picture;
	};

	// Figures in few words, the most important ones: {name, value, note, state}.
	kit.tiles = function (root, tiles) {
		root.append(kit.el("dl", { class: "findings" }, tiles.filter(Boolean).map((tile) => kit.el("div",
			{ class: tile.state || null }, kit.el("dt", null, tile.name),
			kit.el("dd", null, kit.el("strong", null, tile.value),
				tile.note && kit.el("span", null, tile.note))))));
	};

	// A list to choose from: values, with names(value); changed(value).
	kit.choose = (label, values, chosen, names, changed) => kit.el("label", { class: "chooser" },
		`${label}: `, kit.el("select", { name: kit.id("choice"),
			onchange: (event) => changed(event.target.value) },
		values.map((value) => kit.el("option", { value, selected: value === chosen },
			names(value)))));

	// Sentences of the text output, warnings so marked.
	kit.sentences = function (root, sentences) {
		const plain = [];
		const prefix = "warning: ";

		const MOST = 4; // warnings; the figures below them must not be far
		const list = kit.el("div", null);
		const put = (where, sentence) => where.append(kit.el("p", { class: "warning" },
			kit.el("strong", null, "Warning: "), sentence.slice(prefix.length)));
		const warnings = sentences.filter((sentence) => sentence.startsWith(prefix));
		const first = warnings.length > MOST ? MOST - 1 : MOST;

		plain.push(...sentences.filter((sentence) => !sentence.startsWith(prefix)));
		warnings.slice(0, first).forEach((sentence) => put(root, sentence));
		warnings.slice(first).forEach((sentence) => put(list, sentence));
		if (list.children.length)
			kit.details(root, `${list.children.length} more warnings`, () => list);
		if (plain.length)
			root.append(kit.el("ul", null, plain.map((sentence) => kit.el("li", null, sentence))));
	};

	// Buttons, one for each series ({name, index}), that show and hide it; `changed(hidden)` draws
	// again without the indexes in the set.
	kit.toggles = function (root, series, changed) {
		const hidden = new Set();
		const sample = function (index) {
			const svg = d3.create("svg").attr("aria-hidden", "true").attr("width", 14)
				.attr("height", 14).attr("viewBox", "-7 -7 14 14");

			kit.mark(svg, index, 0, 0);
			return svg.node();
		};

		root.append(kit.el("div", { class: "legend", role: "group", "aria-label": "Shown" },
			series.map(({ name, index }) => kit.el("button", { type: "button", "aria-pressed": "true",
				onclick: function (event) {
					const isShown = !hidden.delete(index);

					if (isShown)
						hidden.add(index);
					event.currentTarget.setAttribute("aria-pressed", String(!isShown));
					changed(hidden);
				} }, sample(index), kit.el("span", null, name)))));
		return hidden;
	};
})();

// What every page ends with: how it was made, and on which machine.
ringside.kit.about = function (root, doc) {
	const { kit } = ringside;
	const { json } = doc;
	const section = kit.section(root, "How it was made");

	if (doc.words && doc.words.again)
		section.append(kit.command(doc.words.again));
	else if (json.command)
		section.append(kit.command(kit.commandLine(["ringside", ...json.command])));
	if (json.procedure)
		kit.details(section, "Procedure", () => kit.facts({ started: json.started,
			seed: json.seed, ...json.procedure, ringside: json.tool }, "How it was measured"));
	if (json.environment)
		kit.details(section, "Machine", () => {
			const parts = kit.el("div", null);

			for (const [name, facts] of Object.entries(json.environment))
				parts.append(kit.facts(facts, name === "hard" ? "Facts that make it this machine"
					: name === "soft" ? "Facts that may change" : name));
			return parts;
		});
	if (doc.words && doc.words.text)
		kit.details(section, "As text", () => kit.el("pre", { tabindex: "0" }, doc.words.text));
};
