// SPDX-License-Identifier: MIT
// What every page is made of. Files of this folder are joined into one script; each adds what it has
// to `ringside`. All that comes from a document is text here: textContent and attributes, never
// markup.
"use strict";

const ringside = (function () {
	const pages = []; // {kind, draw, together}
	const kit = {};

	// Registers how documents are drawn whose "schema" begins with `kind` (of fio: "fio").
	// draw(root, doc) adds to `root` what shows doc = {name, json, text, kind, words};
	// together(root, docs), where there is one, shows several of the kind in one.
	function page(kind, draw, together) {
		pages.push({ kind, draw, together });
	}

	function pageOf(kind) {
		return pages.find((one) => one.kind === kind);
	}

	// An element with attributes and children (elements, or text). Attributes whose value is
	// null, undefined or false are left out; "on..." takes a function, "class" a text.
	kit.el = function (tag, attributes, ...children) {
		const element = document.createElement(tag);

		for (const [name, value] of Object.entries(attributes || {})) {
			if (value === null || value === undefined || value === false)
				continue;
			if (name.startsWith("on"))
				element.addEventListener(name.slice(2), value);
			else
				element.setAttribute(name, value === true ? "" : String(value));
		}
		for (const child of children.flat(Infinity)) {
			if (child !== null && child !== undefined && child !== false)
				element.append(child);
		}
		return element;
	};

	// A part of the page with its heading; the contents at the top name it.
	let lastId = 0;
	kit.id = (prefix) => `${prefix}-${++lastId}`;
	kit.section = function (root, title, note) {
		const id = kit.id("part");
		const section = kit.el("section", { "aria-labelledby": id },
			kit.el("h3", { id }, title), note && kit.el("p", { class: "note" }, note));

		root.append(section);
		return section;
	};

	// Figures for people: three digits and a unit. What is not known is a dash.

	// Three digits, as the text output has them.
	function digits(value) {
		const exponent = value === 0 ? 0 : Math.floor(Math.log10(Math.abs(Number(value.toPrecision(3)))));

		return value === 0 ? "0"
			: Math.abs(value) < 0.5e-6 ? "<0.000001"
			: Number(value.toPrecision(3)).toFixed(Math.max(0, Math.min(6, 2 - exponent)));
	}

	function scaled(value, steps, unit) {
		if (value === null || value === undefined || !Number.isFinite(value))
			return "–";
		const size = Math.abs(value);
		let [factor, prefix] = steps[0];

		for (const step of steps) {
			if (size >= step[0] * 0.9995)
				[factor, prefix] = step;
		}
		const shown = factor === 1 && Number.isInteger(value) ? String(value) : digits(value / factor);

		return `${shown} ${prefix}${unit}`.trim();
	}

	const decimal = [[1, ""], [1e3, "k"], [1e6, "M"], [1e9, "G"], [1e12, "T"]];
	const binary = [[1, ""], [1024, "Ki"], [1024 ** 2, "Mi"], [1024 ** 3, "Gi"], [1024 ** 4, "Ti"]];
	const times = [[1, "ns"], [1e3, "µs"], [1e6, "ms"], [1e9, "s"], [60e9, "min"], [3600e9, "h"]];

	kit.format = {
		count: (value) => scaled(value, decimal, "").replace(/ ([kMGT])$/, "$1"),
		bytes: (value) => scaled(value, binary, "B"),
		rate: (value) => scaled(value, binary, "B/s"),
		time: (value) => scaled(value, times, ""), // of ns
		seconds: (value) => scaled(value * 1e9, times, ""),
		percent: (value) => value === null || !Number.isFinite(value) ? "–" : `${digits(value * 100)} %`,
		change: (value) => value === null || !Number.isFinite(value) ? "–"
			: `${value > 0 ? "+" : value < 0 ? "−" : ""}${digits(Math.abs(value) * 100)} %`,
		number: (value) => value === null || !Number.isFinite(value) ? "–" : digits(value),
		text: (value) => value === null || value === undefined ? "–" : String(value),
	};
	kit.format.iops = kit.format.count;
	kit.format.exact = kit.format.text; // of numbers

	// A table. columns: {name, unit?, value(row), format(value)? or show(row)?, text?}; `text` columns
	// are aligned to the left. Each cell has the value itself as data-value, unless `show` says
	// less than that; and, of a column with path(row), where it stands in its document as data-path.
	kit.table = function (columns, rows, caption) {
		const head = columns.map((column) => kit.el("th",
			{ scope: "col", class: column.text ? null : "number" }, column.name,
			column.unit && kit.el("span", { class: "unit" }, ` ${column.unit}`)));
		const body = rows.map((row) => kit.el("tr", null, columns.map((column, index) => {
			const value = column.value(row);
			const shown = value instanceof Node ? value : column.show ? column.show(row)
				: (column.format || kit.format.text)(value === undefined ? null : value);

			return kit.el(index === 0 && column.text ? "th" : "td", {
				class: column.text ? null : "number",
				scope: index === 0 && column.text ? "row" : null,
				"data-value": value === null || value instanceof Node || column.show ? null : value,
				"data-path": column.path && column.path(row),
				"data-document": row !== null && typeof row === "object" ? row.document : null,
			}, shown);
		})));

		return kit.el("div", { class: "scrolls", tabindex: "0", role: "region", "aria-label": caption || "Table" },
			kit.el("table", null, caption && kit.el("caption", null, caption),
				kit.el("thead", null, kit.el("tr", null, head)), kit.el("tbody", null, body)));
	};

	// Two columns of names and values, from an object; of objects in it, one below the other. `base`:
	// where it stands in its document, whose number in the report is `number`.
	kit.facts = function (object, caption, base, number) {
		const rows = [];

		// A key with a dot in it has no place that can be told by dots.
		(function walk(value, name, path) {
			if (value !== null && typeof value === "object" && !Array.isArray(value)) {
				for (const [key, inner] of Object.entries(value))
					walk(inner, name ? `${name}.${key}` : key, path && !key.includes(".") ? `${path}.${key}` : null);
				return;
			}
			const isList = value !== null && typeof value === "object";

			rows.push({ name, path: isList ? null : path, document: number,
				value: isList ? JSON.stringify(value) : value });
		})(object, "", base || null);
		return kit.table([{ name: "Name", text: true, value: (row) => row.name },
			{ name: "Value", text: true, path: (row) => row.path, value: (row) => row.value }], rows, caption);
	};

	// Opens on demand; `fill` makes its content when that first happens, or before printing.
	kit.details = function (root, summary, fill, isOpen) {
		const details = kit.el("details", { open: isOpen }, kit.el("summary", null, summary));
		let isFilled = false;
		const once = function () {
			if (isFilled)
				return;
			isFilled = true;
			const content = fill();

			if (content)
				details.append(content);
		};

		details.addEventListener("toggle", () => details.open && once());
		if (isOpen)
			once();
		root.append(details);
		return details;
	};

	// Offers `blob` as a file.
	kit.save = function (blob, name) {
		const url = URL.createObjectURL(blob);
		const link = kit.el("a", { href: url, download: name });

		document.body.append(link);
		link.click();
		link.remove();
		setTimeout(() => URL.revokeObjectURL(url), 10000);
	};

	kit.fileName = (text) => text.replace(/[^\w.-]+/g, "-").replace(/^[-.]+|-+$/g, "") || "ringside";

	// A shell reads the words back as they were.
	kit.commandLine = (words) => words.map((word) => /^[\w@%+=:,./-]+$/.test(word) ? word
		: `'${word.replaceAll("'", "'\\''")}'`).join(" ");

	// A line that can be copied.
	kit.command = function (line) {
		const button = kit.el("button", { type: "button", onclick: function () {
			navigator.clipboard.writeText(line).then(() => { button.textContent = "Copied"; },
				() => { button.textContent = "Select it and copy"; });
		} }, "Copy");

		return kit.el("div", { class: "command" }, kit.el("code", { tabindex: "0" }, line), button);
	};

	return { page, pageOf, kit };
})();
