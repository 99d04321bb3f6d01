# The same steps as `make run`, in an image: set up, then migrate and serve.
FROM python:3.12-slim
RUN apt-get update && apt-get install -y --no-install-recommends build-essential \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /srv/firstline
COPY Makefile requirements*.lock ./
RUN make setup
COPY . .
RUN useradd --system --uid 1000 firstline && mkdir -p var && chown firstline var
USER firstline
ENV HOST=0.0.0.0 PORT=8000 DEMO=0
EXPOSE 8000
CMD ["make", "run"]
