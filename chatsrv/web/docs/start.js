// Starts Swagger UI. A file of its own, because the page's Content-Security-Policy allows no script in the page.

window.SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#routes",
  deepLinking: true,
  docExpansion: "none",
  filter: true,
  // It would ask another host whether the document is valid.
  validatorUrl: null,
});
