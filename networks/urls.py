"""Every address of the pages."""

from __future__ import annotations

from django.urls import URLPattern, path

from networks.views import activity, containers, exports, jobs, networks, pages, terminal
from networks.views.accounts import people, roles, sessions, setup
from networks.views.changes import (
    connecting,
    disconnect,
    keep,
    lab,
    launch,
    move,
    network_forms,
    orders,
    protection,
    remove,
    several,
)
from networks.views.engines import changing, swarm, swarm_leave
from networks.views.engines import pages as engine_pages

ENGINE = "engines/<slug:engine_slug>"
NETWORK = "networks/<slug:engine_slug>/<str:docker_id>"
CONTAINER = "containers/<slug:engine_slug>/<str:docker_id>"

urlpatterns: list[URLPattern] = [
    path("", pages.Overview.as_view(), name="overview"),
    path("networks/", networks.NetworkList.as_view(), name="network_list"),
    path("networks/<slug:engine_slug>/create/", network_forms.NetworkCreate.as_view(), name="network_create"),
    path("networks/<slug:engine_slug>/prune/", remove.NetworkPrune.as_view(), name="network_prune"),
    path("networks/<slug:engine_slug>/several/", several.NetworksSeveral.as_view(), name="network_several"),
    path(f"{NETWORK}/connect/", connecting.NetworkConnect.as_view(), name="network_connect"),
    path(f"{NETWORK}/disconnect/<str:container_id>/", disconnect.NetworkDisconnect.as_view(), name="network_disconnect"),
    path(f"{NETWORK}/keep/<str:container_id>/", keep.NetworkKeep.as_view(), name="network_keep"),
    path(f"{NETWORK}/protection/", protection.NetworkProtection.as_view(), name="network_protection"),
    path(f"{NETWORK}/remove/", remove.NetworkRemove.as_view(), name="network_remove"),
    path(f"{NETWORK}/swarm/", swarm.NetworkSwarm.as_view(), name="network_swarm"),
    path(f"{NETWORK}/", networks.NetworkDetail.as_view(), name="network_detail"),
    path("containers/run/", launch.ContainerRunChosen.as_view(), name="container_run_chosen"),
    path("containers/<slug:engine_slug>/run/", launch.ContainerRun.as_view(), name="container_run"),
    path("containers/<slug:engine_slug>/several/", several.ContainersSeveral.as_view(), name="container_several"),
    path(f"{ENGINE}/swarm/", swarm.EngineSwarm.as_view(), name="engine_swarm"),
    path(f"{ENGINE}/swarm/init/", swarm.SwarmInit.as_view(), name="engine_swarm_init"),
    path(f"{ENGINE}/swarm/join/", swarm.SwarmJoin.as_view(), name="engine_swarm_join"),
    path(f"{ENGINE}/swarm/leave/", swarm_leave.SwarmLeave.as_view(), name="engine_swarm_leave"),
    path(
        f"{ENGINE}/swarm/nodes/<str:node_id>/remove/",
        swarm_leave.SwarmNodeRemove.as_view(),
        name="engine_swarm_node_remove",
    ),
    path(f"{ENGINE}/swarm/token/", swarm.SwarmToken.as_view(), name="engine_swarm_token"),
    path(f"{ENGINE}/lab/", lab.Lab.as_view(), name="lab"),
    path(f"{ENGINE}/lab/up/", lab.LabUp.as_view(), name="lab_up"),
    path(f"{ENGINE}/lab/down/", lab.LabDown.as_view(), name="lab_down"),
    path("containers/", containers.ContainerList.as_view(), name="container_list"),
    path(f"{CONTAINER}/connect/", connecting.ContainerConnect.as_view(), name="container_connect"),
    path(f"{CONTAINER}/move/", move.ContainerMove.as_view(), name="container_move"),
    path(f"{CONTAINER}/", containers.ContainerDetail.as_view(), name="container_detail"),
    path(f"{CONTAINER}/inside/", containers.ContainerInside.as_view(), name="container_inside"),
    path(f"{CONTAINER}/protection/", protection.ContainerProtection.as_view(), name="container_protection"),
    path(f"{CONTAINER}/terminal/", terminal.ContainerTerminal.as_view(), name="container_terminal"),
    *(
        path(f"{CONTAINER}/{order}/", orders.ContainerOrder.as_view(order=order), name=f"container_{order}")
        for order in ("start", "stop", "restart", "kill", "pause", "unpause", "rename", "remove")
    ),
    path("interfaces/", pages.InterfaceList.as_view(), name="interface_list"),
    path("interfaces/ifconfig.txt", pages.InterfaceText.as_view(), name="interface_text"),
    path("addresses/", pages.AddressList.as_view(), name="address_list"),
    path("addresses/history/", pages.AddressHistory.as_view(), name="address_history"),
    path("addresses/history/export.<str:form>", exports.AddressHistoryExport.as_view(), name="address_history_export"),
    path("jobs/", jobs.JobList.as_view(), name="job_list"),
    path("jobs/<int:job_id>/", jobs.JobDetail.as_view(), name="job_detail"),
    path("jobs/<int:job_id>/stop/", jobs.JobStopView.as_view(), name="job_stop"),
    path("activity/", activity.ActivityList.as_view(), name="activity_list"),
    path("activity/<int:action_id>/", activity.ActivityDetail.as_view(), name="activity_detail"),
    path("activity/export.<str:form>", exports.ActivityExport.as_view(), name="activity_export"),
    path("events/", pages.EventList.as_view(), name="event_list"),
    path("engines/", engine_pages.EngineList.as_view(), name="engine_list"),
    path("engines/add/", changing.EngineEdit.as_view(), name="engine_create"),
    path(f"{ENGINE}/change/", changing.EngineEdit.as_view(), name="engine_change"),
    path(f"{ENGINE}/remove/", changing.EngineRemove.as_view(), name="engine_remove"),
    path(f"{ENGINE}/", engine_pages.EngineDetail.as_view(), name="engine_detail"),
    path(f"{ENGINE}/sync/", engine_pages.EngineSync.as_view(), name="engine_sync"),
    path(f"{ENGINE}/choose/", engine_pages.EngineChoose.as_view(), name="engine_choose"),
    path("welcome/", setup.Invitation.as_view(), name="invitation"),
    path("people/", people.PersonList.as_view(), name="person_list"),
    path("people/create/", people.PersonCreate.as_view(), name="person_create"),
    path("people/<int:pk>/", people.PersonDetail.as_view(), name="person_detail"),
    path("people/<int:pk>/invite/", people.PersonInvite.as_view(), name="person_invite"),
    *(
        path(f"people/<int:pk>/{name.replace('_', '-')}/", people.PersonChange.as_view(name=name), name=f"person_{name}")
        for name in people.PERSON_CHANGES
    ),
    path(f"{ENGINE}/people/", roles.EnginePeople.as_view(), name="engine_people"),
    path(f"{ENGINE}/people/grant/", roles.EngineGrant.as_view(), name="engine_grant"),
    path(f"{ENGINE}/people/terminal/", roles.EngineGrantTerminal.as_view(), name="engine_grant_terminal"),
    path(f"{ENGINE}/terminals/", roles.EngineTerminals.as_view(), name="engine_terminals"),
    path("accounts/sessions/", sessions.SessionList.as_view(), name="account_sessions"),
    path("accounts/sessions/end/", sessions.SessionsEnd.as_view(), name="account_sessions_end"),
    path("accounts/sessions/<int:pk>/end/", sessions.SessionEnd.as_view(), name="account_session_end"),
]
