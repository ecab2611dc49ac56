/** Style of the picture for light and dark mode. It has its own background, because the viewer's is unknown. */
export const STYLE = `
  .graph > polygon { fill: #ffffff; }
  text { fill: #1c2529; font-family: Helvetica, Arial, sans-serif; }
  .user > path, .user > polygon { fill: #e3f2fd; stroke: #1565c0; }
  .group > path, .group > polygon { fill: #e8f5e9; stroke: #2e7d32; }
  .app > path, .app > polygon { fill: #fff3e0; stroke: #e65100; }
  .role > path, .role > polygon { fill: #fce4ec; stroke: #ad1457; }
  .rule > path, .rule > polygon { fill: #f3e5f5; stroke: #6a1b9a; }
  .faint > path, .faint > polygon { fill: #f1f3f4; stroke-dasharray: 3 2; }
  .edge path { stroke: #90a4ae; }
  .edge polygon { fill: #90a4ae; stroke: #90a4ae; }
  .was path { stroke-dasharray: 4 3; }
  .reports path { stroke: #ad1457; }
  .reports polygon { fill: #ad1457; stroke: #ad1457; }
  @media (prefers-color-scheme: dark) {
    .graph > polygon { fill: #0d1117; }
    text { fill: #e6edf3; }
    .user > path, .user > polygon { fill: #0f2a47; stroke: #64b5f6; }
    .group > path, .group > polygon { fill: #12301b; stroke: #81c784; }
    .app > path, .app > polygon { fill: #3e2a10; stroke: #ffb74d; }
    .role > path, .role > polygon { fill: #3f1426; stroke: #f48fb1; }
    .rule > path, .rule > polygon { fill: #2d1838; stroke: #ce93d8; }
    .faint > path, .faint > polygon { fill: #21262d; }
    .edge path { stroke: #6e7f89; }
    .edge polygon { fill: #6e7f89; stroke: #6e7f89; }
    .reports path { stroke: #f48fb1; }
    .reports polygon { fill: #f48fb1; stroke: #f48fb1; }
  }
`;
