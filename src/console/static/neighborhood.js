// Draws the neighborhood of a user, a group, an app or an admin role. The page's lists have the same content.
'use strict';

{
  const picture = document.getElementById('picture');
  if (picture) {
    document.getElementById('neighborhood').hidden = false;
    draw(picture).catch((error) => showNote(`The picture could not be drawn. ${error.message}`));
  }

  async function draw(container) {
    // Cytoscape adds a style element, which the page's policy forbids, unless this id exists. console.css has its rule.
    document.querySelector('link[rel=stylesheet]').id = '__________cytoscape_stylesheet';
    const dark = matchMedia('(prefers-color-scheme: dark)').matches;
    const text = dark ? '#e8e8ea' : '#1b1b1f';
    const graph = cytoscape({
      container,
      wheelSensitivity: 0.3,
      style: [
        {
          selector: 'node',
          style: {
            label: 'data(name)',
            color: text,
            'font-size': 11,
            'text-wrap': 'ellipsis',
            'text-max-width': 110,
            'text-valign': 'bottom',
            'text-margin-y': 4,
            'text-outline-color': dark ? '#17171b' : '#ffffff',
            'text-outline-width': 2,
            'background-color': dark ? '#6ea8fe' : '#1f5fbf',
            width: 22,
            height: 22,
          },
        },
        {
          selector: 'node[label = "Group"]',
          style: { 'background-color': dark ? '#f0b45b' : '#a85a00', shape: 'round-rectangle', width: 30 },
        },
        {
          selector: 'node[label = "App"]',
          style: {
            'background-color': dark ? '#c4a3ff' : '#6b3fb5',
            shape: 'hexagon',
            width: 26,
            height: 26,
          },
        },
        {
          selector: 'node[label = "AdminRole"]',
          style: {
            'background-color': dark ? '#ff9a9a' : '#b3261e',
            shape: 'diamond',
            width: 28,
            height: 28,
          },
        },
        { selector: 'node.expanded', style: { 'border-width': 3, 'border-color': text } },
        {
          selector: 'edge',
          style: { width: 1, 'line-color': dark ? '#55555e' : '#b9b9c2', 'curve-style': 'haystack' },
        },
      ],
    });
    const open = (node) => location.assign(node.data('path'));
    graph.on('tap', 'node', ({ target }) => {
      if (target.hasClass('expanded')) open(target);
      else expand(graph, target.data('path') + '/neighbors').catch((error) => showNote(error.message));
    });
    await expand(graph, container.dataset.source);
  }

  /** Adds a node and its neighbors. Existing nodes stay, and the layout moves them apart. */
  async function expand(graph, source) {
    const answer = await fetch(source);
    if (!answer.ok) throw new Error('The neighbors could not be loaded. Reload the page.');
    const { center, neighbors, total } = await answer.json();
    const add = (data) => {
      if (graph.getElementById(data.key).empty())
        graph.add({ group: 'nodes', data: { id: data.key, ...data } });
    };
    add(center);
    for (const each of neighbors) {
      add(each);
      const id = [center.key, each.key].sort().join(' ');
      if (graph.getElementById(id).empty())
        graph.add({ group: 'edges', data: { id, source: center.key, target: each.key } });
    }
    graph.getElementById(center.key).addClass('expanded');
    const animate = !matchMedia('(prefers-reduced-motion: reduce)').matches;
    graph
      .layout({
        name: 'cose',
        animate: animate && 'end',
        randomize: false,
        nodeDimensionsIncludeLabels: true,
      })
      .run();
    showNote(
      neighbors.length < total
        ? `${center.name}: ${neighbors.length} of ${total} neighbors shown.`
        : `${center.name}: ${total} neighbors shown.`,
    );
  }

  function showNote(text) {
    document.getElementById('picture-note').textContent = text;
  }
}
