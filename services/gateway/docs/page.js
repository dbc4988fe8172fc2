// Shows the description that this gateway serves; asks nobody else.
window.addEventListener("load", () => {
  SwaggerUIBundle({
    url: "/openapi.json",
    dom_id: "#page",
    deepLinking: true,
    displayRequestDuration: true,
    docExpansion: "none",
    defaultModelsExpandDepth: 0,
    filter: true,
    showExtensions: true,
    // The default would send the description to a service on the internet.
    validatorUrl: null,
  });
});
