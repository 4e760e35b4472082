// SPDX-License-Identifier: MIT
// The page of a run.
(function () {
	function draw(root, doc, kit) {
		root.append(kit.el("p", { class: "lead" }, `${doc.json.jobs.length} jobs`));
	}
	ringside.page("ringside-result", draw);
})();
