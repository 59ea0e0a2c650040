"""Every address of the pages."""

from __future__ import annotations

from django.urls import URLPattern, path

from networks.views.accounts.invitation import Invitation
from networks.views.accounts.people import (
    PersonCreate,
    PersonDeactivate,
    PersonDetail,
    PersonEndSessions,
    PersonInvite,
    PersonList,
    PersonReactivate,
    PersonResetTwoFactor,
)
from networks.views.accounts.roles import EngineGrant, EngineGrantTerminal, EnginePeople, EngineTerminals
from networks.views.accounts.sessions import SessionEnd, SessionList, SessionsEnd
from networks.views.activity import ActivityDetail, ActivityList
from networks.views.activity_exports import ActivityExport
from networks.views.changes.connecting import ContainerConnect, NetworkConnect
from networks.views.changes.disconnect import NetworkDisconnect
from networks.views.changes.keep import NetworkKeep
from networks.views.changes.lab import Lab, LabDown, LabUp
from networks.views.changes.launch import ContainerRun, ContainerRunChosen
from networks.views.changes.move import ContainerMove
from networks.views.changes.network_forms import NetworkCreate
from networks.views.changes.orders import ContainerOrder
from networks.views.changes.protection import ContainerProtection, NetworkProtection
from networks.views.changes.remove import NetworkPrune, NetworkRemove
from networks.views.changes.several import ContainersSeveral, NetworksSeveral
from networks.views.containers import ContainerDetail, ContainerInside, ContainerList
from networks.views.engines.changing import EngineChange, EngineCreate, EngineRemove
from networks.views.engines.pages import EngineChoose, EngineDetail, EngineList, EngineSync
from networks.views.engines.swarm_init import SwarmInit
from networks.views.engines.swarm_join import SwarmJoin
from networks.views.engines.swarm_leave import SwarmLeave, SwarmNodeRemove
from networks.views.engines.swarm_pages import EngineSwarm, NetworkSwarm, SwarmToken
from networks.views.history_exports import AddressHistoryExport
from networks.views.jobs import JobDetail, JobList, JobStopView
from networks.views.networks import NetworkDetail, NetworkList
from networks.views.pages import AddressHistory, AddressList, EventList, InterfaceList, InterfaceText, Overview
from networks.views.terminal import ContainerTerminal

urlpatterns: list[URLPattern] = [
    path("", Overview.as_view(), name="overview"),
    path("networks/", NetworkList.as_view(), name="network_list"),
    path("networks/<slug:engine_slug>/create/", NetworkCreate.as_view(), name="network_create"),
    path("networks/<slug:engine_slug>/prune/", NetworkPrune.as_view(), name="network_prune"),
    path("networks/<slug:engine_slug>/several/", NetworksSeveral.as_view(), name="network_several"),
    path("networks/<slug:engine_slug>/<str:docker_id>/connect/", NetworkConnect.as_view(), name="network_connect"),
    path(
        "networks/<slug:engine_slug>/<str:docker_id>/disconnect/<str:container_id>/",
        NetworkDisconnect.as_view(),
        name="network_disconnect",
    ),
    path("networks/<slug:engine_slug>/<str:docker_id>/keep/<str:container_id>/", NetworkKeep.as_view(), name="network_keep"),
    path("networks/<slug:engine_slug>/<str:docker_id>/protection/", NetworkProtection.as_view(), name="network_protection"),
    path("networks/<slug:engine_slug>/<str:docker_id>/remove/", NetworkRemove.as_view(), name="network_remove"),
    path("containers/run/", ContainerRunChosen.as_view(), name="container_run_chosen"),
    path("containers/<slug:engine_slug>/run/", ContainerRun.as_view(), name="container_run"),
    path("containers/<slug:engine_slug>/several/", ContainersSeveral.as_view(), name="container_several"),
    path("containers/<slug:engine_slug>/<str:docker_id>/connect/", ContainerConnect.as_view(), name="container_connect"),
    *(
        path(
            f"containers/<slug:engine_slug>/<str:docker_id>/{order}/",
            ContainerOrder.as_view(order=order),
            name=f"container_{order}",
        )
        for order in ("start", "stop", "restart", "kill", "pause", "unpause", "rename", "remove")
    ),
    path("engines/<slug:engine_slug>/swarm/", EngineSwarm.as_view(), name="engine_swarm"),
    path("engines/<slug:engine_slug>/swarm/init/", SwarmInit.as_view(), name="engine_swarm_init"),
    path("engines/<slug:engine_slug>/swarm/join/", SwarmJoin.as_view(), name="engine_swarm_join"),
    path("engines/<slug:engine_slug>/swarm/leave/", SwarmLeave.as_view(), name="engine_swarm_leave"),
    path(
        "engines/<slug:engine_slug>/swarm/nodes/<str:node_id>/remove/",
        SwarmNodeRemove.as_view(),
        name="engine_swarm_node_remove",
    ),
    path("engines/<slug:engine_slug>/swarm/token/", SwarmToken.as_view(), name="engine_swarm_token"),
    path("networks/<slug:engine_slug>/<str:docker_id>/swarm/", NetworkSwarm.as_view(), name="network_swarm"),
    path("containers/<slug:engine_slug>/<str:docker_id>/move/", ContainerMove.as_view(), name="container_move"),
    path("engines/<slug:engine_slug>/lab/", Lab.as_view(), name="lab"),
    path("engines/<slug:engine_slug>/lab/up/", LabUp.as_view(), name="lab_up"),
    path("engines/<slug:engine_slug>/lab/down/", LabDown.as_view(), name="lab_down"),
    path("networks/<slug:engine_slug>/<str:docker_id>/", NetworkDetail.as_view(), name="network_detail"),
    path("containers/", ContainerList.as_view(), name="container_list"),
    path("containers/<slug:engine_slug>/<str:docker_id>/", ContainerDetail.as_view(), name="container_detail"),
    path("containers/<slug:engine_slug>/<str:docker_id>/inside/", ContainerInside.as_view(), name="container_inside"),
    path("containers/<slug:engine_slug>/<str:docker_id>/protection/", ContainerProtection.as_view(), name="container_protection"),
    path("containers/<slug:engine_slug>/<str:docker_id>/terminal/", ContainerTerminal.as_view(), name="container_terminal"),
    path("interfaces/", InterfaceList.as_view(), name="interface_list"),
    path("interfaces/ifconfig.txt", InterfaceText.as_view(), name="interface_text"),
    path("addresses/", AddressList.as_view(), name="address_list"),
    path("addresses/history/", AddressHistory.as_view(), name="address_history"),
    path("addresses/history/export.<str:form>", AddressHistoryExport.as_view(), name="address_history_export"),
    path("jobs/", JobList.as_view(), name="job_list"),
    path("jobs/<int:job_id>/", JobDetail.as_view(), name="job_detail"),
    path("jobs/<int:job_id>/stop/", JobStopView.as_view(), name="job_stop"),
    path("activity/", ActivityList.as_view(), name="activity_list"),
    path("activity/<int:action_id>/", ActivityDetail.as_view(), name="activity_detail"),
    path("activity/export.<str:form>", ActivityExport.as_view(), name="activity_export"),
    path("events/", EventList.as_view(), name="event_list"),
    path("engines/", EngineList.as_view(), name="engine_list"),
    path("engines/add/", EngineCreate.as_view(), name="engine_create"),
    path("engines/<slug:engine_slug>/change/", EngineChange.as_view(), name="engine_change"),
    path("engines/<slug:engine_slug>/remove/", EngineRemove.as_view(), name="engine_remove"),
    path("engines/<slug:engine_slug>/", EngineDetail.as_view(), name="engine_detail"),
    path("engines/<slug:engine_slug>/sync/", EngineSync.as_view(), name="engine_sync"),
    path("engines/<slug:engine_slug>/choose/", EngineChoose.as_view(), name="engine_choose"),
    path("welcome/", Invitation.as_view(), name="invitation"),
    path("people/", PersonList.as_view(), name="person_list"),
    path("people/create/", PersonCreate.as_view(), name="person_create"),
    path("people/<int:pk>/", PersonDetail.as_view(), name="person_detail"),
    path("people/<int:pk>/invite/", PersonInvite.as_view(), name="person_invite"),
    path("people/<int:pk>/deactivate/", PersonDeactivate.as_view(), name="person_deactivate"),
    path("people/<int:pk>/reactivate/", PersonReactivate.as_view(), name="person_reactivate"),
    path("people/<int:pk>/end-sessions/", PersonEndSessions.as_view(), name="person_end_sessions"),
    path("people/<int:pk>/reset-two-factor/", PersonResetTwoFactor.as_view(), name="person_reset_two_factor"),
    path("engines/<slug:engine_slug>/people/", EnginePeople.as_view(), name="engine_people"),
    path("engines/<slug:engine_slug>/people/grant/", EngineGrant.as_view(), name="engine_grant"),
    path("engines/<slug:engine_slug>/people/terminal/", EngineGrantTerminal.as_view(), name="engine_grant_terminal"),
    path("engines/<slug:engine_slug>/terminals/", EngineTerminals.as_view(), name="engine_terminals"),
    path("accounts/sessions/", SessionList.as_view(), name="account_sessions"),
    path("accounts/sessions/end/", SessionsEnd.as_view(), name="account_sessions_end"),
    path("accounts/sessions/<int:pk>/end/", SessionEnd.as_view(), name="account_session_end"),
]
