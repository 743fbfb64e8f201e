//! The table of contents: every address, and which file answers it.

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::limit::RequestBodyLimitLayer;
use utoipa::OpenApi;
use utoipa::openapi::OpenApi as Description;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::problem::Problem;
use crate::{api, csrf, headers, pages};

/// The largest body that is read, in bytes: a batch of 4,096 rows of 500 bytes.
const MAX_BODY: usize = 2 << 20;

/// What the description says of all of it.
#[derive(OpenApi)]
#[openapi(info(
    title = "Mingma 明码",
    description = "A health code in the clear. A colour is computed from typed, evidenced facts by published rules; no \
                   endpoint sets one. The seven interfaces of GB/T 38963 are the operations `declareHealth`, `declareTrip`, \
                   `queryStatus`, `authorizeApp`, `makeCode`, `verifyCode` and `correctInformation`.",
    license(name = "Apache-2.0", identifier = "Apache-2.0"),
))]
struct Described;

fn api() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Described::openapi())
        .routes(routes!(api::status::query::query_status))
        .routes(routes!(api::declarations::health::declare_health))
        .routes(routes!(api::codes::loss::report_lost_code))
        .routes(routes!(api::codes::make::make_code))
        .routes(routes!(api::codes::paper::make_paper_code))
        .routes(routes!(api::codes::verify::verify_code))
        .routes(routes!(api::institutions::challenges::challenge_institution))
        .routes(routes!(api::institutions::sessions::sign_in_issuer))
        .routes(routes!(api::sign_in::codes::request_code))
        .routes(routes!(api::sign_in::sessions::sign_in_person))
        .routes(routes!(api::sign_in::end::sign_out))
        .routes(routes!(api::sign_in::end_all::sign_out_everywhere))
        .routes(routes!(api::staff::sessions::sign_in_official))
        .routes(routes!(api::health::live))
        .routes(routes!(api::status_lists::directory::list_status_lists))
        .routes(routes!(api::status_lists::get::get_status_list))
        .routes(routes!(api::trust_list::get::get_trust_list))
}

/// The description of the API, as `/openapi.json` gives it.
#[must_use]
pub fn openapi() -> Description {
    api().into_openapi()
}

/// Everything that is served.
pub fn router(app: App) -> Router {
    let (api, description) = api().split_for_parts();
    let description = serde_json::to_string_pretty(&description).unwrap_or_default();
    let pages = Router::new()
        .route("/", get(pages::home::home))
        .route("/accessibility", get(pages::about::accessibility))
        .route("/apps", get(pages::apps::page).post(pages::apps::let_in))
        .route("/checkpoint", get(pages::checkpoint::page))
        .route("/checkpoint/regions.json", get(pages::checkpoint::regions))
        .route("/checkpoint/{name}", get(pages::checkpoint::part))
        .route("/code", get(pages::code::page))
        .route("/code/paper", get(pages::code::paper::ask).post(pages::code::paper::make))
        .route("/declare", get(pages::declare::choose))
        .route("/declare/health", get(pages::declare::health::ask).post(pages::declare::health::tell))
        .route("/declare/trip", get(pages::declare::trip::ask).post(pages::declare::trip::tell))
        .route("/facts", get(pages::facts::page))
        .route("/facts/{fact}/appeal", get(pages::appeal::ask).post(pages::appeal::dispute))
        .route("/family", get(pages::family::page))
        .route("/family/agent", get(pages::family::ask_agent).post(pages::family::tell_agent))
        .route("/family/child", get(pages::family::ask_child).post(pages::family::tell_child))
        .route("/family/ward", get(pages::family::ask_ward).post(pages::family::tell_ward))
        .route("/notices", get(pages::notices::page))
        .route("/privacy", get(pages::about::privacy))
        .route("/register", get(pages::register::ask).post(pages::register::tell))
        .route("/register/done", get(pages::register::done))
        .route("/rules", get(pages::rules::list))
        .route("/rules/{number}", get(pages::rules::one))
        .route("/desk/sign-in", get(pages::desk_sign_in::door))
        .route("/office/sign-in", get(pages::office_sign_in::door).post(pages::office_sign_in::enter))
        .route("/sessions", get(pages::sessions::list))
        .route("/sessions/end", post(pages::sessions::end_all))
        .route("/sign-in", get(pages::sign_in::first).post(pages::sign_in::ask))
        .route("/sign-in/code", get(pages::sign_in::first).post(pages::sign_in::enter))
        .route("/sign-out", post(pages::sign_in::leave))
        .route("/language", get(pages::language::choose))
        .route("/type", get(pages::large_type::choose))
        .route("/app.webmanifest", get(pages::assets::manifest))
        .route("/sw.js", get(pages::assets::worker))
        .route("/assets/{name}", get(pages::assets::asset));
    let router = api
        .merge(pages)
        .route("/openapi.json", get(async move || api::openapi(description)))
        .fallback(async || Problem::not_found())
        .layer(RequestBodyLimitLayer::new(MAX_BODY))
        .layer(from_fn(csrf::own_pages_only))
        .layer(from_fn_with_state(app.clone(), pages::trouble::for_people))
        .with_state(app);
    headers::with_headers(router).layer(CatchPanicLayer::new())
}
