"""Images: the rules answer as docker-library's own manifests do."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pep668.environment import images
from pep668.environment.place import of_image
from pep668.model import Evidence, Managed

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "tests/data/official_images_suites.tsv"


def test_rules_answer_99_percent_of_the_rows_that_name_a_suite() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts/derive_images.py"), str(TABLE)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    right, _, total, *_ = done.stdout.split()
    assert int(right) / int(total) >= 0.99, done.stdout


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("debian", Managed.YES),
        ("debian:12", Managed.YES),
        ("debian:12.5-slim", Managed.YES),
        ("debian:bookworm-20240110-slim", Managed.YES),
        ("debian:bullseye", Managed.NO),
        ("debian:testing", Managed.YES),
        ("docker.io/library/ubuntu:24.04@sha256:0123", Managed.YES),
        ("ubuntu", Managed.YES),
        ("ubuntu:22.04", Managed.NO),
        ("ubuntu:22.10", Managed.NO),
        ("ubuntu@sha256:0123", Managed.MAYBE),
        ("alpine", Managed.YES),
        ("alpine:3.18.4", Managed.NO),
        ("alpine:3.19", Managed.YES),
        ("fedora:40", Managed.NO),
        ("registry.access.redhat.com/ubi9/python-311:1", Managed.NO),
        ("archlinux:latest", Managed.YES),
        ("amazonlinux:2023", Managed.NO),
        ("node:22-bookworm-slim", Managed.YES),
        ("node:24", Managed.YES),
        ("node:16", Managed.NO),
        ("node:18", Managed.YES),
        ("node:9999", Managed.MAYBE),
        ("node:28", Managed.YES),
        ("golang:1.17", Managed.NO),
        ("golang:1.20.4", Managed.NO),
        ("golang:1.20.5", Managed.YES),
        ("golang:1.20", Managed.YES),
        ("golang:1", Managed.YES),
        ("golang:1.19-alpine", Managed.NO),
        ("golang:1.22-alpine", Managed.YES),
        ("rust:1.50-slim", Managed.NO),
        ("php:8.1.12-cli", Managed.NO),
        ("php:8.1-fpm-alpine", Managed.YES),
        ("openjdk:8-jdk", Managed.NO),
        ("openjdk:9", Managed.NO),
        ("maven:3-jdk-8", Managed.NO),
        ("maven:3.9-eclipse-temurin-21", Managed.YES),
        ("influxdb:1.8", Managed.MAYBE),
        ("debian:stretch-slim", Managed.NO),
        ("buildpack-deps:xenial", Managed.NO),
        ("node:20-alpine3.18", Managed.NO),
        ("nvidia/cuda:12.4.1-devel-ubuntu22.04", Managed.NO),
        ("nvidia/cuda:12.8.0-runtime-ubuntu24.04", Managed.YES),
        ("nvidia/cuda:12.4.1-devel-rockylinux8", Managed.NO),
        ("rocm/dev-ubuntu-22.04:6.0", Managed.NO),
        ("rocm/dev-ubuntu-24.04", Managed.YES),
        ("mcr.microsoft.com/vscode/devcontainers/base:0-ubuntu-20.04", Managed.NO),
        ("example.com/team/ubuntu:24.04", Managed.YES),
        ("example.com/team/ubuntu:main", Managed.MAYBE),
        ("google/cloud-sdk:498.0.0-slim", Managed.YES),
        ("google/cloud-sdk:300.0.0-alpine", Managed.MAYBE),
        ("osrf/ros:jazzy-desktop-full", Managed.YES),
        ("osrf/ros:noetic-desktop", Managed.NO),
        ("mcr.microsoft.com/devcontainers/go:1.26", Managed.YES),
        ("mcr.microsoft.com/devcontainers/go:1.22", Managed.MAYBE),
        ("ros:humble", Managed.NO),
        ("ros:jazzy-ros-base", Managed.YES),
        ("kalilinux/kali-rolling", Managed.YES),
        ("example.com/team/base:1", Managed.MAYBE),
        ("scratch", Managed.NO),
        ("", Managed.MAYBE),
        ("$BASE", Managed.MAYBE),
    ],
)
def test_whether_the_distributions_python_is_marked(reference: str, expected: Managed) -> None:
    assert of_image(reference, Evidence(f"FROM {reference}")).managed is expected


@pytest.mark.parametrize(
    ("reference", "python"),
    [
        ("python:3.12", "own"),
        ("python:3.12-slim-bookworm", "own"),
        ("pypy:3.11", "own"),
        ("continuumio/miniconda3", "conda"),
        ("quay.io/jupyter/base-notebook:latest", "conda"),
        ("debian:12", "system"),
    ],
)
def test_which_python_comes_first(reference: str, python: str) -> None:
    assert of_image(reference, Evidence("")).python == python


def test_an_unknown_place_says_what_would_decide() -> None:
    assert "example.com/base" in of_image("example.com/base:1", Evidence("")).decides
    assert of_image("", Evidence("FROM $BASE: BASE is not known here")).decides


@pytest.mark.parametrize(
    ("reference", "parts"),
    [
        ("a/b:c@sha256:d", ("a/b", "c")),
        ("localhost:5000/a", ("localhost:5000/a", "latest")),
        ("localhost:5000/a:1", ("localhost:5000/a", "1")),
        ("python@sha256:d", ("python", "")),
    ],
)
def test_references_are_split(reference: str, parts: tuple[str, str]) -> None:
    assert images.split_reference(reference) == parts
