// SPDX-License-Identifier: MIT
// Reads the documents that stand in the page, and has each drawn by what its schema says.
(function () {
	const { kit } = ringside;

	// gzip in base64, as html.c packs large documents.
	async function unpack(text) {
		const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
		const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));

		return new Response(stream).text();
	}

	// What the text output says of the document, where its page has use for it; or null.
	function wordsBehind(element) {
		const next = element.nextElementSibling;

		return next && next.matches("script.words") ? JSON.parse(next.textContent) : null;
	}

	function kindOf(json) {
		if (typeof json["fio version"] === "string")
			return "fio";
		return String(json.schema || "").split("/")[0];
	}

	async function readDocuments() {
		return Promise.all(Array.from(document.querySelectorAll("script.document"), async (element, index) => {
			const text = element.type === "application/gzip" ? await unpack(element.textContent)
				: element.textContent;
			const json = JSON.parse(text);
			const kind = kindOf(json);
			const doc = { index, name: element.dataset.name, text, json, kind, words: wordsBehind(element) };

			// What fio wrote is drawn as runs are, and beside them.
			return kind in ringside.adapters ? Object.assign(doc, { kind: "ringside-result",
				json: ringside.adapters[kind](json) }) : doc;
		}));
	}

	function saveButton(doc) {
		return kit.el("button", { type: "button", "data-save": "json",
			onclick: () => kit.save(new Blob([doc.text], { type: "application/json" }),
				`${kit.fileName(doc.name.replace(/\.json$/, ""))}.json`),
		}, "Save the JSON");
	}

	// A document of a kind that no file here draws: its values, as they are.
	function drawUnknown(root, doc) {
		root.append(kit.el("p", null, `There are no pictures of this kind of document (${doc.kind
			|| "without a schema"}). These are its values.`), kit.facts(doc.json, doc.name));
	}

	const titles = {
		"ringside-result": "Run", "ringside-comparison": "Comparison", "ringside-curve": "Curve",
		"ringside-check": "Check", "ringside-history": "History of checks",
	};

	function drawGroup(root, docs) {
		const page = ringside.pageOf(docs[0].kind);
		const heading = kit.el("h2", null, titles[docs[0].kind] || docs[0].kind || "Document",
			kit.el("span", { class: "file" }, docs.map((doc) => doc.name)
				.filter((name, i) => name !== docs[i].json.schema).join(", ")));
		const article = kit.el("article", { "data-kind": docs[0].kind, "data-document": docs[0].index });

		article.append(kit.el("header", null, heading, docs.map(saveButton)));
		root.append(article);
		try {
			if (docs.length > 1)
				page.together(article, docs);
			else
				(page ? page.draw : drawUnknown)(article, docs[0]);
		} catch (error) {
			console.error(error);
			article.append(kit.el("p", { class: "warning" },
				`This document could not be drawn to its end: ${error.message}`));
		}
	}

	// Documents of a kind that can be drawn together are; others come one after the other.
	function group(docs) {
		const groups = [];

		for (const doc of docs) {
			const page = ringside.pageOf(doc.kind);
			const other = page && page.together
				&& groups.find((one) => one[0].kind === doc.kind);

			if (other)
				other.push(doc);
			else
				groups.push([doc]);
		}
		return groups;
	}

	async function start() {
		const root = document.getElementById("report");

		try {
			for (const docs of group(await readDocuments()))
				drawGroup(root, docs);
		} catch (error) {
			console.error(error);
			root.append(kit.el("p", { class: "warning" },
				`The documents of this report cannot be read: ${error.message}`));
		}
		root.append(kit.el("footer", null,
			`${document.querySelector("meta[name=generator]").content}. Pictures by d3 (BSD-3-Clause, © Mike Bostock; its licence stands in this file).`));
		document.documentElement.dataset.drawn = ""; // for those who wait for it
	}

	start();
})();
