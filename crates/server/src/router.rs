//! The table of contents: every address, and which file answers it.

use axum::Router;
use axum::http::Response;
use axum::middleware::from_fn_with_state;
use axum::response::IntoResponse as _;
use axum::routing::{get, post};
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi as Description;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::door::door;
use crate::headers::headed;
use crate::known::Members;
use crate::problem::Problem;
use crate::{api, describe, pages};

fn api() -> OpenApiRouter<App> {
    let mut api = OpenApiRouter::with_openapi(describe::Described::openapi())
        .routes(routes!(api::appeals::list::list_appeals, api::appeals::open::correct_information))
        .routes(routes!(api::apps::list::list_apps, api::apps::authorize::authorize_program))
        .routes(routes!(api::apps::end::end_app))
        .routes(routes!(api::bindings::list::list_agents, api::bindings::bind::bind_agent))
        .routes(routes!(api::bindings::end::end_bound))
        .routes(routes!(api::bindings::child::bind_own_child))
        .routes(routes!(api::bindings::wards::list_wards, api::bindings::wards::take_on_ward))
        .routes(routes!(api::codes::loss::report_lost_code))
        .routes(routes!(api::codes::make::make_code))
        .routes(routes!(api::codes::paper::make_paper_code))
        .routes(routes!(api::codes::verify::verify_code))
        .routes(routes!(api::confirmations::due::list_disputes))
        .routes(routes!(api::confirmations::give::confirm_fact))
        .routes(routes!(api::contact::change::change_own_contact))
        .routes(routes!(api::contact::confirm::confirm_own_contact))
        .routes(routes!(api::declarations::health::declare_health))
        .routes(routes!(api::declarations::trip::declare_trip))
        .routes(routes!(api::disclosures::list::list_disclosures))
        .routes(routes!(api::census::get::get_census))
        .routes(routes!(api::census::turn::get_next_turn))
        .routes(routes!(api::drafts::look::preview_drafts))
        .routes(routes!(api::drafts::list::list_proposals, api::drafts::propose::propose_draft))
        .routes(routes!(api::drafts::approve::approve_proposal))
        .routes(routes!(api::drafts::emergency::publish_at_once))
        .routes(routes!(api::facts::list::list_facts))
        .routes(routes!(api::submissions::submit::submit_facts))
        .routes(routes!(api::submissions::check::check_facts))
        .routes(routes!(api::submissions::list::list_submissions))
        .routes(routes!(api::submissions::one::read_submission))
        .routes(routes!(api::countersignatures::give::countersign_fact))
        .routes(routes!(api::countersignatures::due::list_countersignatures_due))
        .routes(routes!(api::retractions::make::retract_fact))
        .routes(routes!(api::offices::publish::publish_ruleset))
        .routes(routes!(api::offices::set_risk::set_region_risk))
        .routes(routes!(api::offices::appoint::appoint_issuer))
        .routes(routes!(api::offices::appoint::register_key))
        .routes(routes!(api::offices::withdraw::withdraw_key))
        .routes(routes!(api::offices::withdraw::withdraw_entitlement))
        .routes(routes!(api::offices::allow::allow_batch))
        .routes(routes!(api::offices::appoint::entitle_issuer))
        .routes(routes!(api::offices::appoint::limit_issuer))
        .routes(routes!(api::offices::open_appeals::list_open_appeals))
        .routes(routes!(api::offices::examine_appeal::examine))
        .routes(routes!(api::offices::answer_appeal::answer))
        .routes(routes!(api::offices::register::register_somebody))
        .routes(routes!(api::offices::assist::ask))
        .routes(routes!(api::offices::assist::consent))
        .routes(routes!(api::offices::assist::consent_for_ward))
        .routes(routes!(api::offices::assist::paper))
        .routes(routes!(api::offices::assist::identified))
        .routes(routes!(api::offices::assist::bind_somebody))
        .routes(routes!(api::offices::amend::amend_somebody))
        .routes(routes!(api::authority::bring::bring_act))
        .routes(routes!(api::health::live))
        .routes(routes!(api::health::ready))
        .routes(routes!(api::institutions::challenges::challenge_institution))
        .routes(routes!(api::institutions::sessions::sign_in_issuer))
        .routes(routes!(api::issuers::list::list_issuers))
        .routes(routes!(api::journal::list::list_journal))
        .routes(routes!(api::journal::prove::prove_entry))
        .routes(routes!(api::journal::public::read_public_journal))
        .routes(routes!(api::notices::list::list_notices))
        .routes(routes!(api::persons::export::export_person))
        .routes(routes!(api::persons::get::get_person))
        .routes(routes!(api::policies::get::get_policies))
        .routes(routes!(api::problems::get::get_problem))
        .routes(routes!(api::problems::list::list_problems))
        .routes(routes!(api::publications::list::list_publications))
        .routes(routes!(api::regions::search::search_regions))
        .routes(routes!(api::registrations::register::register_person))
        .routes(routes!(api::risk::query::query_risk))
        .routes(routes!(api::rulesets::get::get_ruleset))
        .routes(routes!(api::rulesets::in_force::get_ruleset_in_force))
        .routes(routes!(api::rulesets::list::list_rulesets))
        .routes(routes!(api::sign_in::codes::request_code))
        .routes(routes!(api::sign_in::end::sign_out))
        .routes(routes!(api::sign_in::end_all::sign_out_everywhere))
        .routes(routes!(api::sign_in::sessions::sign_in_person))
        .routes(routes!(api::staff::sessions::sign_in_official))
        .routes(routes!(api::status::query::query_status))
        .routes(routes!(api::status_lists::directory::list_status_lists))
        .routes(routes!(api::status_lists::get::get_status_list))
        .routes(routes!(api::trust_list::get::get_trust_list));
    describe::complete(api.get_openapi_mut());
    api
}

/// The description of the API, as `/openapi.json` gives it.
#[must_use]
pub fn openapi() -> Description {
    api().into_openapi()
}

/// Everything that is served.
pub fn router(app: App) -> Router {
    let (api, description) = api().split_for_parts();
    let members = Members::of(&description);
    let description = serde_json::to_string_pretty(&description).unwrap_or_default();
    let pages = Router::new()
        .route("/", get(pages::home::home))
        .route("/accessibility", get(pages::about::accessibility))
        .route("/apps", get(pages::apps::page).post(pages::apps::let_in))
        .route("/apps/{grant}/end", post(pages::apps::end))
        .route("/checkpoint", get(pages::checkpoint::page))
        .route("/checkpoint/regions.json", get(pages::checkpoint::regions))
        .route("/checkpoint/{name}", get(pages::checkpoint::part))
        .route("/code", get(pages::code::page))
        .route("/code/paper", get(pages::code::paper::ask).post(pages::code::paper::make))
        .route("/code/paper/{code}/loss", post(pages::code::paper::lose))
        .route("/contact", get(pages::contact::ask).post(pages::contact::tell))
        .route("/contact/code", post(pages::contact::confirm))
        .route("/declare", get(pages::declare::choose))
        .route("/declare/health", get(pages::declare::health::ask).post(pages::declare::health::tell))
        .route("/declare/trip", get(pages::declare::trip::ask).post(pages::declare::trip::tell))
        .route("/facts", get(pages::facts::page))
        .route("/facts/journal", get(pages::own_journal::page))
        .route("/facts/{fact}/appeal", get(pages::appeal::ask).post(pages::appeal::dispute))
        .route("/family", get(pages::family::page))
        .route("/family/agent", get(pages::family::ask_agent).post(pages::family::tell_agent))
        .route("/family/agent/{binding}/end", post(pages::family::end_agent))
        .route("/family/child", get(pages::family::ask_child).post(pages::family::tell_child))
        .route("/family/ward", get(pages::family::ask_ward).post(pages::family::tell_ward))
        .route("/journal", get(pages::journal::journal))
        .route("/log/{*file}", get(pages::log::file))
        .route("/notices", get(pages::notices::page))
        .route("/policies", get(pages::policies::policies))
        .route("/charter", get(pages::charter::charter))
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
        .route("/assets/{name}", get(pages::assets::asset))
        .merge(work());
    api.merge(pages)
        .route("/openapi.json", get(async move || api::openapi(description)))
        .method_not_allowed_fallback(async || Problem::method())
        .fallback(async || Problem::not_found())
        .layer(
            ServiceBuilder::new()
                .map_response(headed)
                // A page may break off too, while it tells of what went wrong.
                .layer(CatchPanicLayer::custom(broke_off))
                .layer(from_fn_with_state(app.clone(), pages::trouble::for_people))
                .layer(CatchPanicLayer::custom(broke_off))
                .layer(from_fn_with_state(members, door)),
        )
        .with_state(app)
}

/// The pages of those who work: at the desk of an institution, and in an office.
fn work() -> Router<App> {
    Router::new()
        .route("/desk", get(pages::desk::home))
        .route("/desk/fact", get(pages::desk::fact::form).post(pages::desk::fact::look))
        .route("/desk/table", get(pages::desk::upload::form).post(pages::desk::upload::upload))
        .route("/desk/refused-rows", post(pages::desk::review::refused_rows))
        .route("/desk/submissions", get(pages::desk::submissions::list))
        .route("/desk/submissions/{key}", get(pages::desk::submissions::one))
        .route(
            "/desk/submissions/{key}/{row}",
            get(pages::desk::submissions::correct).post(pages::desk::submissions::look),
        )
        .route("/desk/countersign", get(pages::desk::countersign::list))
        .route(
            "/desk/countersign/{fact}",
            get(pages::desk::countersign::one).post(pages::desk::countersign::look),
        )
        .route("/desk/disputes", get(pages::desk::disputes::list))
        .route(
            "/desk/disputes/{due}/{appeal}",
            get(pages::desk::disputes::one).post(pages::desk::disputes::look),
        )
        .route("/office", get(pages::office::home))
        .route("/office/alarms", get(pages::office::alarms::list))
        .route("/office/alarms/{alarm}", post(pages::office::alarms::let_through))
        .route("/office/rules", get(pages::office::rules::form).post(pages::office::rules::send))
        .route("/office/risk", get(pages::office::risk::form).post(pages::office::risk::send))
        .route("/office/proposals", get(pages::office::proposals::list))
        .route(
            "/office/proposals/{proposal}",
            get(pages::office::proposals::one).post(pages::office::proposals::agree),
        )
        .route("/office/issuers", get(pages::office::issuers::form).post(pages::office::issuers::send))
        .route("/office/appeals", get(pages::office::appeals::queue))
        .route(
            "/office/appeals/{person}/{appeal}",
            get(pages::office::appeals::case).post(pages::office::appeals::answer),
        )
        .route("/office/community", get(pages::office::community::home))
        .route("/office/community/registrations", post(pages::office::community::enrol))
        .route("/office/community/numbers", post(pages::office::community::number))
        .route("/office/community/consent-codes", post(pages::office::community::ask))
        .route("/office/community/consents", post(pages::office::community::consent))
        .route("/office/community/sightings", post(pages::office::help::sighting))
        .route("/office/community/amendments", post(pages::office::help::correct))
        .route("/office/community/paper", post(pages::office::help::paper))
        .route("/office/community/wards", post(pages::office::help::ward))
        .route("/office/community/bindings", post(pages::office::help::bind_agent))
}

/// What is answered for a panic: nothing of it, for it may name what was sent.
fn broke_off(_: Box<dyn std::any::Any + Send>) -> Response<axum::body::Body> {
    Problem::broken().into_response()
}
